import { createInlineVerifier, createSigner, type Signer } from '@vsys/crypto';
import { type Container, containerPrefix, createRouter } from '@vsys/container';
import { createTransaction, type Operation, type TransactionBody, transactionToBytes } from '@vsys/data-format';
import { accept, concatBytes, createSeededRandom, refuse } from '@vsys/primitives';
import { createState, type StateView } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';
import { balanceKey, checkEnvelope, type CheckedTransaction, createCoinContainer, numberToRecord } from '../src/index.ts';

const random = createSeededRandom(11);
export const ada: Signer = createSigner('ed25519', random.bytes(32));
export const bo: Signer = createSigner('ed25519', random.bytes(32));
export const verifier = createInlineVerifier();

const key = (name: Uint8Array): Uint8Array => concatBytes(containerPrefix('notes'), name);

/** A small container for tests: a payload of one byte reads a key that it does not declare; of two bytes it writes; 0xff refuses. */
const notes: Container = {
  name: 'notes', version: 1,
  check: () => accept(undefined),
  touches: () => [],
  execute(payload, { state, gas }) {
    gas.charge(10n);
    if (payload[0] === 0xff) return refuse('NOTES_REFUSED', 'asked to');
    if (payload[0] === 0xfe) for (let i = 0; i < 300; i++) state.get(key(Uint8Array.of(i >> 8, i & 0xff)));
    const found = state.get(key(payload.subarray(0, 1)));
    if (payload.length === 2) state.set(key(payload.subarray(0, 1)), payload.subarray(1));
    return accept(found ?? new Uint8Array());
  },
};

export const rules = {
  chainId: new Uint8Array(32).fill(5), router: createRouter([createCoinContainer(), notes]), fees: { perByte: 1n, perGas: 2n, to: 'burn' as const },
  limits: { blockBytesMax: 1 << 20, blockGasMax: 1_000_000n, transactionBytesMax: 1 << 18 }, blockGasMax: 1_000_000n,
};
export const block = { chainId: rules.chainId, height: 1, timeMs: 1_000, parent: new Uint8Array(32) };

export function transaction(signer: Signer, sequence: bigint, operations: readonly Operation[], change: Partial<TransactionBody> = {}): CheckedTransaction {
  const body = { chainId: rules.chainId, payer: signer.account, lane: 0, sequence, validUntil: 100, feeMax: 1_000_000n, gasMax: 1_000n, operations, ...change };
  const checked = checkEnvelope(rules, transactionToBytes(createTransaction(body, [signer])));
  if (!checked.ok) throw new RangeError(`${checked.code} ${checked.message}`);
  return checked.value;
}

export async function stateWith(balances: readonly (readonly [Signer, bigint])[]): Promise<StateView> {
  const state = await createState({ store: createMemoryStore() });
  return state.fork(state.view(state.base.root) as StateView, 0, balances.map(([{ account }, amount]) => ({ key: balanceKey(account), value: numberToRecord(amount) })));
}

export const note = (...bytes: number[]): Operation => ({ container: 'notes', payload: Uint8Array.from(bytes) });
