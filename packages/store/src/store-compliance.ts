import { concatBytes, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import { equal, refused } from '@vsys/primitives/compliance';
import type { DefineTest } from '@vsys/primitives/compliance';
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from './store.ts';
import type { RangeOptions, Store, StoreOp, StoreReader } from './store.ts';

export interface StoreCompliance {
  readonly test: DefineTest;
  /** A new empty store for each law; `dispose` comes after `store.close()` has been called or not. */
  readonly create: () => Promise<{ readonly store: Store; dispose(): Promise<void> }>;
}

/** The laws of `Store`, as tests named by what they ask. Hand in the runner's `test`: nothing of a runner is imported. */
export function storeCompliance({ test, create }: StoreCompliance): void {
  for (const [name, law] of [...readLaws, ...rangeLaws, ...writeLaws, ...aliasLaws, ...viewLaws, ...lifeLaws]) {
    test(name, async () => {
      const { store, dispose } = await create();
      try {
        await law(store);
      } finally {
        await dispose();
      }
    });
  }
}

type Law = readonly [name: string, run: (store: Store) => Promise<void>];

const b = utf8ToBytes;
const put = (key: string, value: string): StoreOp => ({ type: 'put', key: b(key), value: b(value) });
const del = (key: string): StoreOp => ({ type: 'delete', key: b(key) });
const puts = (keys: string): StoreOp[] => keys.split(' ').map((key) => put(key, key));
const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] as number;

async function keys(reader: StoreReader, options?: RangeOptions): Promise<string> {
  const found: string[] = [];
  for await (const [key] of reader.iterate(options)) found.push(utf8FromBytes(key));
  return found.join(' ');
}

async function pairs(reader: StoreReader): Promise<string> {
  const found: string[] = [];
  for await (const [key, value] of reader.iterate()) found.push(`${utf8FromBytes(key)}=${utf8FromBytes(value)}`);
  return found.join(' ');
}

/** Bytes whose `slice` shares their memory, as a Node Buffer's does. */
class SharingBytes extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end) as Uint8Array<ArrayBuffer>;
  }
}

const readLaws: readonly Law[] = [
  ['gives undefined for a key that is missing', async (store) => {
    equal(await store.get(b('a')), undefined, 'get on an empty store');
    await store.batch(puts('a c'));
    equal(await store.get(b('b')), undefined, 'get between two keys');
  }],
  ['keeps an empty value apart from a missing one', async (store) => {
    await store.batch([put('a', '')]);
    equal(await store.get(b('a')), b(''), 'get');
    equal(await store.getMany([b('a'), b('b')]), [b(''), undefined], 'getMany');
    equal(await pairs(store), 'a=', 'iterate');
  }],
  ['answers getMany in the order asked, with duplicates and missing keys', async (store) => {
    await store.batch([put('a', '1'), put('b', '2')]);
    equal(await store.getMany([b('b'), b('x'), b('a'), b('b')]), [b('2'), undefined, b('1'), b('2')], 'getMany');
    equal(await store.getMany([]), [], 'getMany of no keys');
  }],
  ['answers getMany of 2000 keys', async (store) => {
    const names = Array.from({ length: 2000 }, (_, i) => `k${String(i).padStart(4, '0')}`);
    await store.batch(names.filter((_, i) => i % 3 !== 0).map((name) => put(name, name)));
    equal(await store.getMany(names.map(b)), names.map((name, i) => (i % 3 === 0 ? undefined : b(name))), 'getMany');
  }],
  ['gives a key shorter or longer than a stored one as missing', async (store) => {
    await store.batch(puts('ab'));
    equal(await store.getMany([b('a'), b('abc'), concatBytes(b('ab'), new Uint8Array(1))]), [undefined, undefined, undefined], 'getMany');
  }],
  ['keeps values of 1 MiB', async (store) => {
    const value = Uint8Array.from({ length: 1 << 20 }, (_, i) => i % 251);
    await store.batch([{ type: 'put', key: b('big'), value }]);
    const found = await store.get(b('big'));
    equal(found?.length, value.length, 'length');
    equal(found?.every((byte, i) => byte === byteAt(value, i)), true, 'bytes are the same');
  }],
  ['keeps keys of 1 KiB', async (store) => {
    const key = new Uint8Array(1024).fill(0xfe);
    await store.batch([{ type: 'put', key, value: b('x') }]);
    equal(await store.get(key), b('x'), 'get');
  }],
];

const rangeLaws: readonly Law[] = [
  ['iterates in the order of unsigned bytes', async (store) => {
    const inOrder = [[0], [0, 0], [0, 255], [1], [97], [97, 98], [98], [127], [128], [255], [255, 0], [255, 255]].map((key) => Uint8Array.from(key));
    await store.batch([...inOrder].reverse().map((key) => ({ type: 'put', key, value: key })));
    const found: Uint8Array[] = [];
    for await (const [key] of store.iterate()) found.push(key);
    equal(found, inOrder, 'forward');
    found.length = 0;
    for await (const [key] of store.iterate({ reverse: true })) found.push(key);
    equal(found, [...inOrder].reverse(), 'in reverse');
  }],
  ['takes the lower bound in and leaves the upper bound out', async (store) => {
    await store.batch(puts('a b c d'));
    equal(await keys(store, { gte: b('b'), lt: b('d') }), 'b c', 'both bounds');
    equal(await keys(store, { gte: b('b') }), 'b c d', 'lower bound');
    equal(await keys(store, { lt: b('c') }), 'a b', 'upper bound');
    equal(await keys(store, { gte: b('bb'), lt: b('cc') }), 'c', 'bounds between keys');
  }],
  ['takes both bounds in reverse', async (store) => {
    await store.batch(puts('a b c d'));
    equal(await keys(store, { gte: b('b'), lt: b('d'), reverse: true }), 'c b', 'both bounds');
  }],
  ['starts a reverse walk below an upper bound that is absent', async (store) => {
    await store.batch(puts('k1 k3'));
    equal(await keys(store, { gte: b('k0'), lt: b('k2'), reverse: true }), 'k1', 'bound between keys');
    equal(await keys(store, { lt: b('k9'), reverse: true }), 'k3 k1', 'bound above every key');
    equal(await keys(store, { lt: b('k0'), reverse: true }), '', 'bound below every key');
    equal(await keys(store, { lt: concatBytes(b('k1'), new Uint8Array(1)), reverse: true }), 'k1', 'bound just above a key');
  }],
  ['counts the limit from the end that comes first', async (store) => {
    await store.batch(puts('k0 k1 k2 k3 k4 k5 k6 k7 k8 k9'));
    equal(await keys(store, { limit: 2 }), 'k0 k1', 'forward');
    equal(await keys(store, { reverse: true, limit: 2 }), 'k9 k8', 'in reverse');
    equal(await keys(store, { gte: b('k2'), lt: b('k7'), reverse: true, limit: 3 }), 'k6 k5 k4', 'with bounds');
    equal(await keys(store, { limit: 0 }), '', 'limit 0');
    equal(await keys(store, { limit: 99 }), await keys(store), 'a limit above the number of entries');
  }],
  ['gives nothing for a range that is empty or upside down', async (store) => {
    await store.batch(puts('a b c'));
    for (const reverse of [false, true]) {
      equal(await keys(store, { gte: b('b'), lt: b('b'), reverse }), '', 'equal bounds');
      equal(await keys(store, { gte: b('c'), lt: b('a'), reverse }), '', 'upside down');
      equal(await keys(store, { lt: b(''), reverse }), '', 'below the empty key');
      equal(await keys(store, { gte: b('d'), reverse }), '', 'above every key');
    }
    equal(await keys(store, { gte: b('') }), 'a b c', 'from the empty key');
  }],
  ['refuses a limit that is not a whole number from 0', async (store) => {
    await refused(() => keys(store, { limit: -1 }), 'STORE_RANGE', 'limit -1');
    await refused(() => keys(store, { limit: 1.5 }), 'STORE_RANGE', 'limit 1.5');
  }],
  ['walks 1000 entries both ways, in pieces or whole', async (store) => {
    const names = Array.from({ length: 1000 }, (_, i) => `k${String(i).padStart(4, '0')}`);
    await store.batch(names.map((name) => put(name, name)));
    equal(await keys(store), names.join(' '), 'forward');
    equal(await keys(store, { reverse: true }), [...names].reverse().join(' '), 'in reverse');
    for (const limit of [63, 64, 65, 100, 128, 200, 256, 999]) equal(await keys(store, { limit }), names.slice(0, limit).join(' '), `limit ${limit}`);
  }],
];

const writeLaws: readonly Law[] = [
  ['lets the last operation on a key win', async (store) => {
    await store.batch([put('a', '1'), del('a'), put('a', '2'), put('b', '1'), del('b'), del('c'), put('c', '3')]);
    equal(await pairs(store), 'a=2 c=3', 'one batch');
    await store.batch([put('a', '4'), del('c')]);
    equal(await pairs(store), 'a=4', 'a second batch');
  }],
  ['accepts an empty batch and the delete of a missing key', async (store) => {
    await store.batch([]);
    await store.batch([del('nothing')]);
    equal(await pairs(store), '', 'entries');
  }],
  ['refuses an empty key in every call', async (store) => {
    const empty = new Uint8Array(0);
    await refused(() => store.get(empty), 'STORE_KEY_EMPTY', 'get');
    await refused(() => store.getMany([b('a'), empty]), 'STORE_KEY_EMPTY', 'getMany');
    await refused(() => store.batch([{ type: 'put', key: empty, value: b('x') }]), 'STORE_KEY_EMPTY', 'put');
    await refused(() => store.batch([{ type: 'delete', key: empty }]), 'STORE_KEY_EMPTY', 'delete');
  }],
  ['refuses keys and values above their limits', async (store) => {
    const key = new Uint8Array(KEY_BYTES_MAX + 1);
    await refused(() => store.get(key), 'STORE_KEY_LENGTH', 'get');
    await refused(() => store.batch([{ type: 'put', key, value: b('x') }]), 'STORE_KEY_LENGTH', 'put');
    await refused(() => store.batch([{ type: 'put', key: b('a'), value: new Uint8Array(VALUE_BYTES_MAX + 1) }]), 'STORE_VALUE_LENGTH', 'put of a value');
  }],
  ['changes nothing when a batch is refused', async (store) => {
    await store.batch(puts('a'));
    await refused(() => store.batch([put('b', 'b'), del('a'), { type: 'put', key: new Uint8Array(0), value: b('x') }]), 'STORE_KEY_EMPTY', 'batch');
    equal(await pairs(store), 'a=a', 'entries');
  }],
  ['lands batches whole and in the order of the calls', async (store) => {
    const writes = Promise.all(Array.from({ length: 20 }, (_, i) => store.batch([put('x', String(i)), put('y', String(i))])));
    // Heard here too, as a law that fails half-way leaves writes under way.
    writes.catch(() => {});
    for (let i = 0; i < 10; i++) {
      const [x, y] = await store.getMany([b('x'), b('y')]);
      equal(x, y, 'two keys written together');
    }
    await writes;
    equal(await pairs(store), 'x=19 y=19', 'after the last');
  }],
];

const aliasLaws: readonly Law[] = [
  ['copies inputs before the call returns', async (store) => {
    const key = b('key');
    const value = new SharingBytes(b('abc'));
    const list: StoreOp[] = [{ type: 'put', key, value }];
    const write = store.batch(list);
    key[0] = 0;
    value[0] = 0;
    list.length = 0;
    await write;
    equal(await pairs(store), 'key=abc', 'batch');
    const asked = b('key');
    const askedMany = [b('key')];
    const reads = [store.get(asked), store.getMany(askedMany).then((values) => values[0])];
    asked[0] = 0;
    byteZero(askedMany[0]);
    askedMany.length = 0;
    equal(await Promise.all(reads), [b('abc'), b('abc')], 'get and getMany');
    const bound = b('a');
    const walk = store.iterate({ gte: bound });
    bound[0] = 0xff;
    let count = 0;
    for await (const _ of walk) count++;
    equal(count, 1, 'iterate');
  }],
  ['does not see a change of the inputs after the write', async (store) => {
    const key = new SharingBytes(b('key'));
    const value = b('abc');
    await store.batch([{ type: 'put', key, value }]);
    key[0] = 0;
    value[0] = 0;
    equal(await pairs(store), 'key=abc', 'entries');
  }],
  ['gives values that the caller may change', async (store) => {
    await store.batch([put('a', 'abc')]);
    byteZero(await store.get(b('a')));
    for (const value of await store.getMany([b('a'), b('a')])) byteZero(value);
    for await (const [key, value] of store.iterate()) {
      byteZero(key);
      byteZero(value);
    }
    const snapshot = await store.snapshot();
    byteZero(await snapshot.get(b('a')));
    equal(await snapshot.get(b('a')), b('abc'), 'snapshot');
    await snapshot.close();
    equal(await store.get(b('a')), b('abc'), 'get');
    equal(await store.getMany([b('a')]), [b('abc')], 'getMany');
    equal(await pairs(store), 'a=abc', 'entries');
  }],
  ['gives plain bytes, whose slice is a copy', async (store) => {
    await store.batch([put('a', 'abc')]);
    const found = [await store.get(b('a'))];
    for await (const entry of store.iterate()) found.push(...entry);
    for (const bytes of found) {
      const before = String(bytes);
      byteZero(bytes?.slice());
      equal(String(bytes), before, 'bytes after a change of their slice');
    }
  }],
];

const viewLaws: readonly Law[] = [
  ['iterates over the store as it was at the first step', async (store) => {
    await store.batch(puts('p1 p2 p3'));
    const walk = store.iterate()[Symbol.asyncIterator]();
    await walk.next();
    await store.batch([del('p2'), put('p3', 'new'), put('p4', 'p4')]);
    const found: string[] = [];
    for (let step = await walk.next(); step.done !== true; step = await walk.next()) found.push(`${utf8FromBytes(step.value[0])}=${utf8FromBytes(step.value[1])}`);
    equal(found.join(' '), 'p2=p2 p3=p3', 'the rest of the walk');
    equal(await pairs(store), 'p1=p1 p3=new p4=p4', 'a walk begun later');
  }],
  ['keeps a long walk apart from writes between its steps', async (store) => {
    const names = Array.from({ length: 600 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    await store.batch(names.map((name) => put(name, name)));
    let count = 0;
    for await (const [key, value] of store.iterate()) {
      equal(value, key, 'value');
      if (count++ % 50 === 0) await store.batch([...names.map((name) => put(name, 'new')), put(`z${count}`, 'new')]);
    }
    equal(count, names.length, 'entries');
  }],
  ['reads a snapshot as it was when taken', async (store) => {
    await store.batch(puts('a b'));
    const snapshot = await store.snapshot();
    await store.batch([put('a', 'new'), del('b'), put('c', 'c')]);
    equal(await snapshot.get(b('a')), b('a'), 'get');
    equal(await snapshot.getMany([b('a'), b('b'), b('c')]), [b('a'), b('b'), undefined], 'getMany');
    equal(await pairs(snapshot), 'a=a b=b', 'iterate');
    equal(await keys(snapshot, { reverse: true, limit: 1 }), 'b', 'iterate in reverse');
    await snapshot.close();
    equal(await pairs(store), 'a=new c=c', 'the store');
  }],
  ['keeps many snapshots apart', async (store) => {
    const snapshots = [];
    for (let i = 0; i < 8; i++) {
      await store.batch([put('n', String(i))]);
      snapshots.push(await store.snapshot());
    }
    for (const [i, snapshot] of snapshots.entries()) equal(await snapshot.get(b('n')), b(String(i)), `snapshot ${i}`);
    for (const snapshot of snapshots) await snapshot.close();
  }],
  ['refuses a closed snapshot and leaves the store open', async (store) => {
    await store.batch(puts('a b'));
    const snapshot = await store.snapshot();
    const walk = snapshot.iterate()[Symbol.asyncIterator]();
    await walk.next();
    await snapshot.close();
    await snapshot.close();
    await refused(() => walk.next(), 'STORE_CLOSED', 'an iterator half-way');
    await refused(() => snapshot.get(b('a')), 'STORE_CLOSED', 'get');
    await refused(() => keys(snapshot), 'STORE_CLOSED', 'iterate');
    equal(await keys(store), 'a b', 'the store');
  }],
  ['lets a loop break early', async (store) => {
    await store.batch(puts('a b c'));
    for (let i = 0; i < 20; i++) for await (const _ of store.iterate()) break;
    await store.batch([del('a')]);
    equal(await keys(store), 'b c', 'a walk begun later');
  }],
  ['walks several iterators side by side', async (store) => {
    await store.batch(puts('a b c'));
    const up = store.iterate()[Symbol.asyncIterator]();
    const down = store.iterate({ reverse: true })[Symbol.asyncIterator]();
    const found: string[] = [];
    for (let i = 0; i < 3; i++) for (const walk of [up, down]) found.push(utf8FromBytes((await walk.next()).value[0]));
    equal(found.join(' '), 'a c b b c a', 'keys');
    await up.return?.();
    await down.return?.();
  }],
];

const lifeLaws: readonly Law[] = [
  ['refuses every call after close', async (store) => {
    await store.batch(puts('a'));
    const begun = store.iterate();
    await store.close();
    await refused(() => store.get(b('a')), 'STORE_CLOSED', 'get');
    await refused(() => store.getMany([b('a')]), 'STORE_CLOSED', 'getMany');
    await refused(() => store.getMany([]), 'STORE_CLOSED', 'getMany of no keys');
    await refused(() => store.batch(puts('a')), 'STORE_CLOSED', 'batch');
    await refused(() => store.batch([]), 'STORE_CLOSED', 'empty batch');
    await refused(() => store.snapshot(), 'STORE_CLOSED', 'snapshot');
    await refused(() => keys(store), 'STORE_CLOSED', 'iterate');
    await refused(async () => { for await (const _ of begun) break; }, 'STORE_CLOSED', 'an iterator not yet begun');
  }],
  ['may be closed twice, also at once', async (store) => {
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await store[Symbol.asyncDispose]();
  }],
  ['closes while iterators are half-way', async (store) => {
    await store.batch(puts('a b c d'));
    const walks = [store.iterate(), store.iterate({ reverse: true })].map((walk) => walk[Symbol.asyncIterator]());
    for (const walk of walks) await walk.next();
    const late = walks.map((walk) => walk.next().catch(() => {}));
    await store.close();
    await Promise.all(late);
    for (const walk of walks) await refusedOrDone(walk);
  }],
  ['closes while snapshots and their iterators are open', async (store) => {
    await store.batch(puts('a b c'));
    const snapshot = await store.snapshot();
    const walk = snapshot.iterate()[Symbol.asyncIterator]();
    await walk.next();
    await store.close();
    await refused(() => walk.next(), 'STORE_CLOSED', 'the iterator');
    await refused(() => snapshot.get(b('a')), 'STORE_CLOSED', 'the snapshot');
    await snapshot.close();
  }],
  ['waits at close for the calls under way', async (store) => {
    const work = [store.batch(puts('a b')), store.get(b('a')), store.getMany([b('a')]), store.batch(puts('c')), store.snapshot()];
    await store.close();
    await Promise.all(work);
  }],
];

function byteZero(bytes: Uint8Array | undefined): void {
  if (bytes !== undefined) bytes[0] = 0;
}

/** A step asked before the close may have failed and so have ended the walk. */
async function refusedOrDone(walk: AsyncIterator<unknown>): Promise<void> {
  const step = await walk.next().catch((error: { code?: unknown }) => error.code);
  equal(step === 'STORE_CLOSED' || (step as IteratorResult<unknown>).done === true, true, 'a step after close is refused or the end');
}
