import { transfer } from '@vsys/transaction';
import { signed, signers, type TestChain, testChain } from './support.ts';

export type ChainKind = 'poa' | 'spos' | 'bft';

/** The chain that is killed again and again: one seat, and blocks nearly as fast as the disk takes them. */
export function killChain(kind: ChainKind): TestChain {
  return testChain(kind, 1, { periodMs: kind === 'spos' ? 40 : 15, genesisTimeMs: 1_700_000_000_000 });
}

/** The payment of that sequence: the same bytes in every process. */
export function paymentOf({ spec, rich }: TestChain, sequence: bigint): Uint8Array {
  return signed(spec, rich, sequence, [transfer(signers(1, 3)[0]!.account, sequence + 1n)]);
}
