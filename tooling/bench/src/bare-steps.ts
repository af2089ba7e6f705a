import { join } from 'node:path';
import { createSignatureVerifier, sha256, sha256Pairs, type SignatureVerifier, verifySignature } from '@vsys/crypto';
import { signingBytes, type Transaction, transactionFromBytes, transactionId } from '@vsys/data-format';
import { concatBytes, toHex, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { BlockLog, Store, StoreOp } from '@vsys/store';
import { openFileBlockLog, openRocksStore } from '@vsys/store-rocksdb';
import { balanceKey, numberFromRecord, sequenceKey } from '@vsys/transaction';

/** The steps that no node can leave out, each on its own; their sum is the ceiling of one core. */
export const BARE_STEPS = ['decode and canonical gate', 'id and signed bytes', 'signature check', 'state reads', 'apply', 'Merkle update', 'persist'] as const;
export type BareStep = (typeof BARE_STEPS)[number];

export interface BareSteps extends AsyncDisposable {
  /** One block after the other on this thread. Returns the processor time of each step, in µs per transaction. */
  inTurn(blocks: readonly (readonly Uint8Array[])[]): Promise<Record<BareStep, number>>;
  /** The same with signatures checked in the worker while the block before is written. Returns transactions per second. */
  withWorker(blocks: readonly (readonly Uint8Array[])[]): Promise<number>;
}

interface Decoded { readonly bytes: Uint8Array; readonly transaction: Transaction; readonly id: Uint8Array; readonly message: Uint8Array }

/**
 * What a transfer costs without a chain around it: no pool, blocks, overlays, history, journals, index pages or listeners; a Merkle tree of
 * fixed places in flat arrays; one batch of the store and one synced append of the log per block.
 *
 * @param accounts - who may send and receive
 */
export async function openBareSteps(folder: string, accounts: readonly Uint8Array[]): Promise<BareSteps> {
  await using undo = new AsyncDisposableStack();
  const store = undo.use(await openRocksStore(join(folder, 'store')));
  const log = undo.use(await openFileBlockLog(join(folder, 'blocks')));
  const verifier = undo.adopt(createSignatureVerifier(), (one) => one.close());
  const tree = createFlatTree(accounts);
  await store.batch(accounts.map((account) => ({ type: 'put', key: balanceKey(account), value: uint64ToBytes(1_000_000_000_000n) })));
  const open = undo.move();
  return {
    inTurn: (blocks) => inTurn(blocks, store, log, tree),
    withWorker: (blocks) => withWorker(blocks, store, log, tree, verifier),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function inTurn(blocks: readonly (readonly Uint8Array[])[], store: Store, log: BlockLog, tree: FlatTree): Promise<Record<BareStep, number>> {
  const spentUs = Object.fromEntries(BARE_STEPS.map((step) => [step, 0])) as Record<BareStep, number>;
  const timed = async <T>(step: BareStep, work: () => T | Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    spentUs[step] += user + system;
    return result;
  };
  for (const block of blocks) {
    const transactions = await timed('decode and canonical gate', () => block.map(decode));
    const decoded = await timed('id and signed bytes', () => transactions.map((transaction, i) => identify(block[i] as Uint8Array, transaction)));
    await timed('signature check', () => decoded.forEach(({ transaction, message }) => {
      const { publicKey, signature } = transaction.authorizations[0] as Transaction['authorizations'][number];
      assertValid(verifySignature({ scheme: 'ed25519', bytes: publicKey }, message, signature));
    }));
    const rows = await timed('state reads', () => readRows(store, decoded));
    await timed('apply', () => apply(rows, decoded));
    await timed('Merkle update', () => tree.update(rows));
    await timed('persist', () => persist(store, log, rows, decoded));
  }
  const count = blocks.reduce((sum, block) => sum + block.length, 0);
  for (const step of BARE_STEPS) spentUs[step] /= count;
  return spentUs;
}

async function withWorker(blocks: readonly (readonly Uint8Array[])[], store: Store, log: BlockLog, tree: FlatTree, verifier: SignatureVerifier): Promise<number> {
  const prepare = (block: readonly Uint8Array[]): { decoded: Decoded[]; verdicts: Promise<Uint8Array> } => {
    const decoded = block.map((bytes) => identify(bytes, decode(bytes)));
    const verdicts = verifier.verify(decoded.map(({ transaction, message }) => {
      const { publicKey, signature } = transaction.authorizations[0] as Transaction['authorizations'][number];
      return { publicKey: { scheme: 'ed25519', bytes: publicKey }, message, signature };
    }));
    return { decoded, verdicts };
  };
  const startMs = performance.now();
  let next = prepare(blocks[0] as readonly Uint8Array[]);
  for (let i = 0; i < blocks.length; i++) {
    const { decoded, verdicts } = next;
    const following = blocks[i + 1];
    if (following !== undefined) next = prepare(following);
    assertValid(!(await verdicts).includes(0));
    const rows = await readRows(store, decoded);
    apply(rows, decoded);
    tree.update(rows);
    await persist(store, log, rows, decoded);
  }
  return (1_000 * blocks.reduce((sum, block) => sum + block.length, 0)) / (performance.now() - startMs);
}

function decode(bytes: Uint8Array): Transaction {
  const decoded = transactionFromBytes(bytes);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.value;
}

function identify(bytes: Uint8Array, transaction: Transaction): Decoded {
  return { bytes, transaction, id: transactionId(transaction.bodyBytes), message: signingBytes(transaction.bodyBytes) };
}

function assertValid(valid: boolean): void {
  if (!valid) throw new Error('a signature of the load does not verify');
}

type Rows = Map<string, { readonly key: Uint8Array; value: bigint }>;

/** What a transfer reads and writes: the sender's sequence and balance, the receiver's balance. */
async function readRows(store: Store, decoded: readonly Decoded[]): Promise<Rows> {
  const keys = new Map<string, Uint8Array>();
  for (const { transaction: { body } } of decoded) for (const key of keysOf(body)) keys.set(toHex(key), key);
  const values = await store.getMany([...keys.values()]);
  return new Map([...keys].map(([name, key], i) => [name, { key, value: numberFromRecord(values[i]) }]));
}

function keysOf({ payer, lane, operations }: Transaction['body']): [sequence: Uint8Array, from: Uint8Array, to: Uint8Array] {
  return [sequenceKey(payer, lane), balanceKey(payer), balanceKey((operations[0] as Transaction['body']['operations'][number]).payload.subarray(0, 20))];
}

function apply(rows: Rows, decoded: readonly Decoded[]): void {
  for (const { transaction: { body } } of decoded) {
    const [sequence, from, to] = keysOf(body).map((key) => rows.get(toHex(key)) as { value: bigint });
    (sequence as { value: bigint }).value += 1n;
    (from as { value: bigint }).value -= 1n;
    (to as { value: bigint }).value += 1n;
  }
}

async function persist(store: Store, log: BlockLog, rows: Rows, decoded: readonly Decoded[]): Promise<void> {
  const sequence = await log.append([concatBytes(...decoded.map(({ bytes }) => bytes))]);
  const ops: StoreOp[] = [];
  for (const { key, value } of rows.values()) ops.push({ type: 'put', key, value: uint64ToBytes(value) });
  for (const [i, { id }] of decoded.entries()) ops.push({ type: 'put', key: id, value: concatBytes(uint64ToBytes(BigInt(sequence)), uint32ToBytes(i)) });
  await store.batch(ops);
}

interface FlatTree { update(rows: Rows): void }

/** Every row has its place from the beginning, so an update is hashing and copying alone. */
function createFlatTree(accounts: readonly Uint8Array[]): FlatTree {
  const places = new Map(accounts.flatMap((account) => [sequenceKey(account, 0), balanceKey(account)]).map((key, i) => [toHex(key), i]));
  const depth = Math.ceil(Math.log2(places.size));
  const levels = Array.from({ length: depth + 1 }, (_, level) => new Uint8Array(32 << level));
  return {
    update(rows) {
      const leaves = levels[depth] as Uint8Array;
      let dirty = new Set<number>();
      for (const [name, { key, value }] of rows) {
        const place = places.get(name) as number;
        leaves.set(sha256(concatBytes(key, uint64ToBytes(value))), 32 * place);
        dirty.add(place >> 1);
      }
      for (let level = depth - 1; level >= 0; level--) {
        const nodes = [...dirty];
        const input = new Uint8Array(64 * nodes.length);
        const output = new Uint8Array(32 * nodes.length);
        for (const [i, node] of nodes.entries()) input.set((levels[level + 1] as Uint8Array).subarray(64 * node, 64 * node + 64), 64 * i);
        sha256Pairs(input, output);
        for (const [i, node] of nodes.entries()) (levels[level] as Uint8Array).set(output.subarray(32 * i, 32 * i + 32), 32 * node);
        dirty = new Set(nodes.map((node) => node >> 1));
      }
    },
  };
}
