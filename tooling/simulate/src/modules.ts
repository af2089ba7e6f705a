import { toHex } from '@vsys/primitives';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import type { SimulatedModule } from '@vsys/simulation';

/** The modules that are simulated. A new one is one entry here. */
export const modules: readonly SimulatedModule[] = [
  {
    name: 'spos',
    create: (verifySignature) => createSpos({ verifySignature }) as ConsensusModule,
    params: (seats, slotMs) => ({ slotMs, slots: seats.length, seats: seats.map(({ account, publicKey }, seat) => ({ seat, account: toHex(account), mintKey: toHex(publicKey.bytes) })) }),
    tolerates: 'static',
  },
  {
    name: 'poa',
    create: (verifySignature) => createPoa({ verifySignature }) as ConsensusModule,
    params: (seats, periodMs) => ({ periodMs, authorities: seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) }),
    tolerates: 'static',
  },
  {
    name: 'bft',
    create: (verifySignature) => createBft({ verifySignature }) as ConsensusModule,
    params: (seats, periodMs) => ({ periodMs, timeoutMs: Math.floor(periodMs * 0.6), timeoutDeltaMs: Math.floor(periodMs / 10), validators: seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) }),
    tolerates: 'any',
  },
];

/** @throws RangeError when there is none of that name */
export function moduleNamed(name: string): SimulatedModule {
  const found = modules.find((module) => module.name === name);
  if (found === undefined) throw new RangeError(`there is no module "${name}" to simulate; there are ${modules.map((module) => module.name).join(', ')}`);
  return found;
}
