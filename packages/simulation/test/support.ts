import { toHex } from '@vsys/primitives';
import type { Consensus, ConsensusModule } from '@vsys/consensus';
import { createSpos } from '@vsys/consensus-spos';
import type { SimulatedModule } from '../src/index.ts';

export const spos: SimulatedModule = {
  name: 'spos',
  create: (verifySignature) => createSpos({ verifySignature }) as ConsensusModule,
  params: (seats, slotMs) => ({ slotMs, slots: seats.length, seats: seats.map(({ account, publicKey }, seat) => ({ seat, account: toHex(account), mintKey: toHex(publicKey.bytes) })) }),
  tolerates: 'static',
};

/** The module with a fault put in, as a stranger's might have it. */
export function brokenSpos(change: (consensus: Consensus) => Partial<Consensus>): SimulatedModule {
  return {
    ...spos,
    create(verify) {
      const module = spos.create(verify);
      return {
        ...module,
        open(params, chainId) {
          const opened = module.open(params, chainId);
          return opened.ok ? { ok: true, value: { ...opened.value, ...change(opened.value) } } : opened;
        },
      };
    },
  };
}
