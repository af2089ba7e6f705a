import { invariant, toHex } from '@vsys/primitives';
import { approveAuthorityChange, type ConsensusModule } from '@vsys/consensus';
import { BFT_CONTAINER, createBft } from '@vsys/consensus-bft';
import { createEras } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { type SimulatedModule, simulatedModuleOf } from '@vsys/simulation';
import { AppError } from './app-error.ts';
import { carriedModule, carriedNames } from './carry-modules.ts';
import { withRotatingSeats } from './rotating-seats.ts';

function sposParams(seats: Parameters<SimulatedModule['params']>[0], slotMs: number): object {
  return { slotMs, slots: seats.length, seats: seats.map(({ account, publicKey }, seat) => ({ seat, account: toHex(account), mintKey: toHex(publicKey.bytes) })) };
}

const plain: readonly SimulatedModule[] = [
  {
    name: 'spos',
    create: (verifySignature) => createSpos({ verifySignature }) as ConsensusModule,
    params: sposParams,
    tolerates: 'any',
  },
  {
    name: 'spos-handover',
    create: (verifySignature) => withRotatingSeats(createSpos({ verifySignature }) as ConsensusModule),
    params: (seats, slotMs) => ({ ...sposParams(seats, slotMs), epochBlocks: 4 }),
    tolerates: 'any',
    nodes: 6,
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
    rekey: (seat, key) => approveAuthorityChange(BFT_CONTAINER, { kind: 'rotate', account: seat.account, key }),
    tolerates: 'any',
  },
];

/** One after the other on one chain. The changes fall into the time of the faults, and the last era into the quiet after it too. */
function erasOf(names: readonly string[], lastHeights: readonly number[]): SimulatedModule {
  const inside = names.map((name) => named(plain, name));
  return {
    name: 'eras',
    create: (verifySignature) => createEras({ modules: inside.map(({ create }) => create(verifySignature)) }) as ConsensusModule,
    // Short epochs: a seat that comes late into an era of seats has no memory of votes in it, and waits for one before it votes.
    params: (seats, periodMs) => ({ eras: inside.map(({ name, params }, era) => ({ module: `${name}@1`, params: { ...(params(seats, periodMs) as object), ...(name === 'spos' ? { epochBlocks: 4 } : {}) }, ...(lastHeights[era] === undefined ? {} : { lastHeight: lastHeights[era] }) })) }),
    tolerates: 'static',
  };
}

/** The modules of this program as they are simulated. A new one is one entry here. */
export const simulatedModules: readonly SimulatedModule[] = [...plain, erasOf(['poa', 'spos', 'bft'], [6, 14])];

/**
 * As `--module` of `vsys simulate` names it: one of this program, or one that a package from outside brought.
 *
 * @throws AppError `MODULE_UNKNOWN`; `MODULE_FILE` where it cannot be simulated
 */
export function simulatedModule(name: string): SimulatedModule {
  const own = simulatedModules.find((module) => module.name === name);
  if (own !== undefined) return own;
  const outside = carriedModule(name);
  if (outside === undefined) throw new AppError('MODULE_UNKNOWN', `there is no module "${name}" to simulate; there are ${[...simulatedModules.map((module) => module.name), ...carriedNames()].join(', ')}. Name the package that has it with --modules, or in V_CONSENSUS__MODULES`);
  const described = simulatedModuleOf(outside);
  if (!described.ok) throw new AppError('MODULE_FILE', described.message);
  return described.value;
}

function named(all: readonly SimulatedModule[], name: string): SimulatedModule {
  const found = all.find((module) => module.name === name);
  invariant(found !== undefined, 'an era is of a module that is simulated', { name });
  return found;
}
