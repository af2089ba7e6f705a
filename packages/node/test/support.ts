import { createInlineVerifier, createSigner, type Signer, verifySignature } from '@vsys/crypto';
import { type ChainSpec, createTransaction, type Operation, type TransactionBody, transactionToBytes } from '@vsys/data-format';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { chainId } from '@vsys/data-format';
import { compareBytes, createSeededRandom, toHex } from '@vsys/primitives';

export const START_MS = 1_800_000_000_000;

export const signers = (count: number, seed = 1): Signer[] => {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => createSigner('ed25519', random.bytes(32)));
};

export interface TestChain {
  readonly spec: ChainSpec;
  readonly module: ConsensusModule;
  readonly seats: readonly Signer[];
  readonly rich: Signer;
}

/** A private chain with so many seats of a module, and one account that holds everything. */
export type ModuleKind = 'spos' | 'poa' | 'bft';

export function testChain(kind: ModuleKind, seatCount: number, { periodMs = 1_000, genesisTimeMs = START_MS, more = {} }: { readonly periodMs?: number; readonly genesisTimeMs?: number; readonly more?: object } = {}): TestChain {
  const seats = signers(seatCount, 7);
  const rich = signers(1, 99)[0] as Signer;
  const module = { spos: createSpos, poa: createPoa, bft: createBft }[kind]({ verifySignature }) as ConsensusModule;
  const params = module.paramsFromJson({ ...moduleParams(kind, periodMs, seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) }))), ...more });
  if (!params.ok) throw new RangeError(params.message);
  const balances = [{ account: rich.account, amount: 1_000_000_000_000n }].toSorted((a, b) => compareBytes(a.account, b.account));
  const spec: ChainSpec = {
    version: 1, name: 'test', symbol: 'TST', network: 'private', genesisTimeMs, limits: { blockBytesMax: 1 << 20, blockGasMax: 100_000_000n, transactionBytesMax: 1 << 18 },
    fees: { perByte: 1n, perGas: 1n, to: 'burn' }, consensus: { module: module.id, params: params.value }, containers: [{ name: 'coin', version: 1, params: new Uint8Array() }], balances, salt: new Uint8Array(),
  };
  return { spec, module, seats, rich };
}

/** What each module calls its seats. Epochs are short, as a voter that has lost its memory waits for one. */
export function moduleParams(kind: ModuleKind, periodMs: number, seats: readonly { readonly account: string; readonly key: string }[]): object {
  if (kind === 'spos') return { slotMs: periodMs, slots: seats.length, epochBlocks: 10, seats: seats.map(({ account, key }, seat) => ({ seat, account, mintKey: key })) };
  return kind === 'poa' ? { periodMs, authorities: seats } : { periodMs, timeoutMs: periodMs, validators: seats };
}

export function signed(spec: ChainSpec, signer: Signer, sequence: bigint, operations: readonly Operation[], change: Partial<TransactionBody> = {}): Uint8Array {
  return transactionToBytes(createTransaction({ chainId: chainId(spec), payer: signer.account, lane: 0, sequence, validUntil: 1_000_000, feeMax: 1_000_000n, gasMax: 100_000n, operations, ...change }, [signer]));
}

export { createInlineVerifier };
