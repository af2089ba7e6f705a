import type { ConsensusSubject } from '@vsys/consensus/compliance';
import { blockId } from '@vsys/data-format';
import type { ChainSpec, Header } from '@vsys/data-format';
import { createPow } from '@vsys-example/consensus-pow';
import type { PowContext } from '@vsys-example/consensus-pow';

export const module: ReturnType<typeof createPow> = createPow({ hashesPerSlice: 4 });
const NONE = new Uint8Array(0);
const ZERO = new Uint8Array(32);

/** Three who search, at 600 tries a virtual second together. */
export function createSubject(): ConsensusSubject<PowContext> {
  const params = module.paramsFromJson({ periodMs: 1_000, work: 300, finalityDepth: 10 });
  const opened = params.ok ? module.open(params.value, ZERO) : params;
  if (!params.ok || !opened.ok) throw new Error('the parameters are wrong');
  const timeMs = 1_700_000_000_000;
  const genesis: Header = {
    version: 1, chainId: ZERO, height: 0, parent: ZERO, timeMs, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO, nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: NONE,
  };
  const spec: ChainSpec = {
    version: 1, name: 'test', symbol: 'T', network: 'private', genesisTimeMs: timeMs, limits: { blockBytesMax: 1, blockGasMax: 1n, transactionBytesMax: 1 },
    fees: { perByte: 0n, perGas: 0n, to: 'burn' }, consensus: { module: module.id, params: params.value }, containers: [], balances: [], salt: NONE,
  };
  return {
    consensus: opened.value, spec, genesis, blockId,
    keys: [1, 2, 3].map((byte) => ({ scheme: 'ed25519', bytes: ZERO.map(() => byte) })),
    sign: () => { throw new Error('nobody signs blocks here'); },
  };
}
