import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGasMeter, createStateJournal, KeysNotLoaded } from '@vsys/container';
import { createSigner } from '@vsys/crypto';
import type { Document, Value } from '@vsys/data-format/value';
import { createDatabaseContainer } from '@vsys/database';
import { collectionPrefixes, usageKey } from '@vsys/database/layout';
import { collectionOps, createDatabase, type DatabaseCall, databaseId, type IndexDefinition } from '@vsys/database/ops';
import { invariant } from '@vsys/primitives';
import { createState, type State, type StateView } from '@vsys/state';
import type { Store } from '@vsys/store';
import { openRocksStore } from '@vsys/store-rocksdb';
import type { BenchReport, BenchRow, BenchRun } from '../bench.ts';
import { numbersOption } from '../options.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const PER_BLOCK = 1_000;
/** About what a document of 400 bytes takes as BSON with its other fields. */
const TEXT = 'x'.repeat(290);
const INDEXES: readonly IndexDefinition[] = [
  { name: 'id', unique: true, fields: [{ path: 'code', direction: 1 }] },
  { name: 'place', unique: false, fields: [{ path: 'country', direction: 1 }, { path: 'people', direction: -1 }] },
  { name: 'name', unique: false, fields: [{ path: 'name', direction: 1 }] },
];
const owner = createSigner('ed25519', new Uint8Array(32).fill(7)).account;
const world = databaseId(owner, 'world');
const cities = collectionOps(world, 'cities');

/** What documents and entries of indexes take, in the state and on disk, and what it costs to drop them: at each size with and without three indexes. */
export const runStorage: BenchRun = async (options, print) => {
  const stored: BenchRow[] = [];
  const dropped: BenchRow[] = [];
  for (const documents of numbersOption(options, 'sizes')) {
    const bare = await measure(documents, [], print);
    const indexed = await measure(documents, INDEXES, print);
    const entries = documents * INDEXES.length;
    stored.push({
      documents, 'BSON bytes': indexed.bson, 'in the state: bytes/document': bare.documentBytes, 'bytes/entry': indexed.entryBytes,
      'on disk: bytes/document': bare.diskBytes / documents, 'on disk: bytes/entry': (indexed.diskBytes - bare.diskBytes) / entries,
    });
    dropped.push({ documents, 'keys dropped': documents + entries, 'drop ms': indexed.dropMs, 'pages read': indexed.dropReads, 'flushes to sweep': indexed.sweepFlushes, 'sweep ms': indexed.sweepMs, 'left on disk': `${(indexed.leftBytes / 1_000).toFixed(0)} kB` });
  }
  return { rows: [...stored, ...dropped], goals: [] satisfies BenchReport['goals'] };
};

interface Measured {
  readonly bson: number;
  readonly documentBytes: number;
  readonly entryBytes: number;
  readonly diskBytes: number;
  readonly dropMs: number;
  readonly dropReads: number;
  readonly sweepFlushes: number;
  readonly sweepMs: number;
  readonly leftBytes: number;
}

async function measure(documents: number, indexes: readonly IndexDefinition[], print: (line: string) => void): Promise<Measured> {
  await using folder = await createTemporaryFolder();
  const path = join(folder.path, 'store');
  {
    await using store = await openRocksStore(path);
    await using state = await createState({ store, retentionBlocks: 0 });
    const chain = createBlocks(state);
    await chain.block([createDatabase('world'), cities.create(indexes)]);
    for (let at = 0; at < documents; at += PER_BLOCK) await chain.block([cities.insert(Array.from({ length: Math.min(PER_BLOCK, documents - at) }, (_, i) => documentOf(at + i)))]);
    // Pages that a block put an end to go with the next one.
    await chain.block([]);
  }
  const diskBytes = await bytesIn(path);
  await using store = await openRocksStore(path);
  const reads = countReads(store);
  await using state = await createState({ store: reads.store, retentionBlocks: 0 });
  const chain = createBlocks(state);
  const [documentRows, entryRows] = await Promise.all(collectionPrefixes(world, 'cities').map((prefix) => sizeBelow(chain.view, prefix)));
  invariant(documentRows !== undefined && entryRows !== undefined && documentRows.rows === documents && entryRows.rows === documents * indexes.length, 'all documents and entries are there');
  const usage = await chain.view.get(usageKey(world));
  const bson = Number(new DataView((usage as Uint8Array).buffer, (usage as Uint8Array).byteOffset).getBigUint64(16)) / documents;
  reads.count = 0;
  const startMs = performance.now();
  await chain.block([cities.drop()]);
  const dropMs = performance.now() - startMs;
  const dropReads = reads.count;
  let sweepFlushes = 0;
  let sweepMs = 0;
  // Until the drop itself is forgotten: then all is swept.
  for (; (await countIn(store, 'sd')) > 0; sweepFlushes++) {
    const flushStartMs = performance.now();
    await chain.block([]);
    sweepMs += performance.now() - flushStartMs;
  }
  print(`${documents} documents, ${indexes.length} indexes: ${(diskBytes / 1e6).toFixed(1)} MB on disk, dropped in ${dropMs.toFixed(1)} ms`);
  return {
    bson, documentBytes: documentRows.bytes / documents, entryBytes: entryRows.rows === 0 ? 0 : entryRows.bytes / entryRows.rows, diskBytes,
    dropMs, dropReads, sweepFlushes, sweepMs, leftBytes: (await sizeBelow(chain.view, new Uint8Array())).bytes,
  };
}

/** Blocks of one transaction each, without signatures: what is measured is what lies below. */
function createBlocks(state: State): { readonly view: StateView; block(calls: readonly DatabaseCall[]): Promise<void> } {
  const container = createDatabaseContainer();
  let view = state.view(state.base.root) as StateView;
  let height = state.base.height;
  return {
    get view() { return view; },
    async block(calls) {
      const block = { chainId: new Uint8Array(32), height: ++height, timeMs: 0, parent: new Uint8Array(32) };
      const journal = createStateJournal();
      const load = async (keys: readonly Uint8Array[]): Promise<void> => {
        const values = await view.getMany(keys);
        for (const [i, key] of keys.entries()) journal.load(key, values[i]);
      };
      for (const { payload } of calls) await load(container.touches(payload, owner, block));
      for (;;) {
        try {
          for (const [index, { payload }] of calls.entries()) {
            const done = container.execute(payload, { block, transactionId: new Uint8Array(32), index, count: calls.length, actor: owner, payer: owner, signers: [owner], state: journal, gas: createGasMeter(10_000_000_000n) });
            invariant(done.ok, 'the load of the bench is accepted');
          }
          container.endBlock?.({ block, balancesChanged: [], state: journal });
          break;
        } catch (thrown) {
          if (!(thrown instanceof KeysNotLoaded)) throw thrown;
          journal.revert();
          await load(thrown.keys);
        }
      }
      journal.commit();
      view = await state.fork(view, height, journal.writes());
      await state.flush(view);
    },
  };
}

async function sizeBelow(view: StateView, prefix: Uint8Array): Promise<{ readonly rows: number; readonly bytes: number }> {
  let rows = 0;
  let bytes = 0;
  for (let from = prefix; ;) {
    const found = await view.range({ from, limit: 10_000 });
    for (const { key, value } of found) {
      if (!prefix.every((byte, i) => key[i] === byte)) return { rows, bytes };
      rows++;
      bytes += key.length + value.length;
    }
    const last = found.at(-1);
    if (last === undefined || found.length < 10_000) return { rows, bytes };
    from = Uint8Array.of(...last.key, 0);
  }
}

async function countIn(store: Store, kind: string): Promise<number> {
  const from = new TextEncoder().encode(kind);
  let count = 0;
  for await (const _ of store.iterate({ gte: from, lt: Uint8Array.of(from[0] as number, (from[1] as number) + 1), limit: 10 })) count++;
  return count;
}

function countReads(store: Store): { count: number; readonly store: Store } {
  const reads = { count: 0, store: { ...bound(store), getMany: (keys: readonly Uint8Array[]) => {
    reads.count += keys.length;
    return store.getMany(keys);
  } } };
  return reads;
}

function bound(store: Store): Store {
  return {
    get: (key) => store.get(key), getMany: (keys) => store.getMany(keys), iterate: (options) => store.iterate(options), batch: (ops) => store.batch(ops), snapshot: () => store.snapshot(),
    close: () => store.close(), [Symbol.asyncDispose]: () => store.close(),
  };
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name));
    if (found.isFile()) bytes += found.size;
  }
  return bytes;
}

function documentOf(at: number): Document {
  const scattered = (at * 2_654_435_761) % 4_294_967_296;
  return new Map<string, Value>([
    ['_id', BigInt(at)], ['code', BigInt(scattered)], ['name', `name ${scattered % 99_991}`], ['country', String.fromCharCode(65 + (scattered % 26), 65 + (at % 26))], ['people', BigInt((at * 7_919) % 9_000_011)], ['text', TEXT],
  ]);
}
