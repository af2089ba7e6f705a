import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, toHex } from '@vsys/primitives';
import { type Document, documentToJson, encodeDocument, encodeIndexKey, int32, type Numeric, type Value } from '@vsys/data-format/value';
import { countKey, countsFromRecord, documentFromRecord, documentKey, documentPrefix, indexPrefix } from '../src/layout.ts';
import { collectionOps, createDatabase, type DatabaseCall, databaseId, DatabaseOpError, type IndexDefinition, type Patch } from '../src/ops.ts';
import { ada, type Bench, createBench } from './harness.ts';
import { patchModel } from './patch-model.ts';

const world = databaseId(ada, 'world');
const things = collectionOps(world, 'things');
const indexes: IndexDefinition[] = [
  { name: 'code', unique: true, fields: [{ path: 'a', direction: 1 }, { path: 'o.a', direction: -1 }] },
  { name: 'element', unique: false, fields: [{ path: 'l.0', direction: -1 }] },
  { name: 'inner', unique: false, fields: [{ path: 'o.l.1', direction: 1 }, { path: 'b', direction: 1 }] },
];

const number: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(int32), fc.integer({ min: -3, max: 3 }).map(BigInt), fc.constantFrom(0.5, 1, -0, Number.NaN), fc.constantFrom(int32(2 ** 31 - 1), 2n ** 63n - 1n),
  fc.constantFrom('1', '1.0', '-2.5', 'NaN').map((text) => ({ kind: 'decimal128', text }) as const),
);
const scalar: fc.Arbitrary<Value> = fc.oneof({ weight: 4, arbitrary: number }, { weight: 1, arbitrary: fc.constantFrom<Value>(null, true, 'x', 'y', { kind: 'date', timeMs: 1n }) });
const list = fc.array(fc.oneof({ weight: 9, arbitrary: scalar }, { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) }, { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('a', 'b'), scalar).map((object) => new Map(Object.entries(object)) as Value) }), { maxLength: 4 });
const object = fc.tuple(fc.option(scalar), fc.option(list)).map(([a, l]) => new Map<string, Value>([...(a === null ? [] : [['a', a] as const]), ...(l === null ? [] : [['l', l] as const])]));
const id = fc.integer({ min: 1, max: 3 }).map(int32);
const document = fc.record({ id, a: scalar, b: scalar, l: list, o: object, hasO: fc.boolean() }).map(({ id: _id, a, b, l, o, hasO }) => new Map<string, Value>([['_id', _id], ['b', b], ['a', a], ['l', l], ...(hasO ? [['o', o] as const] : [])]));

/** Mostly paths that fit, so that much is done and some is refused. */
const scalarPath = fc.constantFrom('a', 'b', 'c', 'l.0', 'l.2', 'o.a', 'o.l.0', 'o.n.m');
const path: fc.Arbitrary<string> = fc.oneof({ weight: 4, arbitrary: scalarPath }, { weight: 1, arbitrary: fc.constantFrom('l', 'l.x', 'l.1.a', 'l.5.b', 'o', 'o.l', 'o.l.1', 'a.z') });
const fieldPath = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'o.a', 'o.n.m', 'p.q') }, { weight: 1, arbitrary: path });
const listPath = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('l', 'o.l', 'tags', 'o.tags') }, { weight: 1, arbitrary: path });
const on = <Argument>(argument: fc.Arbitrary<Argument>, at: fc.Arbitrary<string> = path): fc.Arbitrary<Map<string, Argument>> => fc.array(fc.tuple(at, argument), { minLength: 1, maxLength: 2 }).map((entries) => new Map(entries));
const value = fc.oneof({ weight: 5, arbitrary: scalar }, { weight: 1, arbitrary: list }, { weight: 1, arbitrary: object });
const small = fc.integer({ min: -5, max: 5 });
const bits = fc.uniqueArray(fc.tuple(fc.constantFrom('and', 'or', 'xor'), fc.oneof(small.map(int32), small.map(BigInt))), { minLength: 1, maxLength: 3, selector: ([by]) => by }).map((entries) => new Map(entries));
const some = { requiredKeys: [] as [] };
const operators = {
  set: on(value), setOnInsert: on(value), unset: fc.uniqueArray(path, { minLength: 1, maxLength: 2 }), inc: on(number), mul: on(number), min: on(value), max: on(value), rename: on(fieldPath, fieldPath),
  push: on(fc.record({ each: list, position: small, slice: small, sort: fc.constantFrom<1 | -1>(1, -1) }, { requiredKeys: ['each'] }), listPath),
  addToSet: on(list, listPath), pullAll: on(list, listPath), pop: on(fc.constantFrom<1 | -1>(1, -1), listPath), bit: on(bits), currentDate: fc.uniqueArray(path, { minLength: 1, maxLength: 2 }),
};
type Name = keyof typeof operators;
const names = Object.keys(operators) as Name[];
const patch: fc.Arbitrary<Partial<Patch>> = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }).chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, operators[name]])) as Partial<typeof operators>, some) as fc.Arbitrary<Partial<Patch>>);
const version = fc.constantFrom(0n, 0n, 0n, 0n, 0n, 1n, 2n);

type Step =
  | { readonly kind: 'insert'; readonly documents: readonly Document[] }
  | { readonly kind: 'replace' | 'upsert'; readonly document: Document; readonly version: bigint }
  | { readonly kind: 'patch'; readonly id: Value; readonly patch: Partial<Patch>; readonly version: bigint; readonly orInsert: boolean }
  | { readonly kind: 'delete'; readonly id: Value; readonly version: bigint };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('insert' as const), documents: fc.array(document, { minLength: 1, maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('replace' as const, 'upsert' as const), document, version }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('patch' as const), id, patch, version, orInsert: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), id, version }) },
);

function callOf(one: Step): DatabaseCall {
  switch (one.kind) {
    case 'insert': return things.insert(one.documents);
    case 'replace': return things.replace(one.document, one.version);
    case 'upsert': return things.upsert(one.document, one.version);
    case 'patch': return things.patch(one.id, one.patch, one.version, one.orInsert);
    case 'delete': return things.delete(one.id, one.version);
  }
}

interface Kept { readonly version: bigint; readonly document: Document }
interface World { readonly documents: ReadonlyMap<number, Kept>; readonly deletedVersion: bigint }
const numberOf = (one: Value | undefined): number => (one as { value: number }).value;

/** All documents after a step; undefined when it is refused. */
function model({ documents, deletedVersion }: World, one: Step, timeMs: number): World | undefined {
  const next = new Map(documents);
  const madeOf = (after: bigint): World | undefined => entriesOf(next) === undefined ? undefined : { documents: next, deletedVersion: after };
  if (one.kind === 'insert') {
    for (const inserted of one.documents) {
      const key = numberOf(inserted.get('_id'));
      if (next.has(key)) return undefined;
      next.set(key, { version: deletedVersion + 1n, document: inserted });
    }
    return madeOf(deletedVersion);
  }
  const key = numberOf(one.kind === 'patch' || one.kind === 'delete' ? one.id : one.document.get('_id'));
  const before = next.get(key);
  const makes = one.kind === 'upsert' || (one.kind === 'patch' && one.orInsert);
  if (before === undefined ? !makes || one.version !== 0n : one.version !== 0n && one.version !== before.version) return undefined;
  if (one.kind === 'delete') {
    next.delete(key);
    return madeOf(before !== undefined && before.version > deletedVersion ? before.version : deletedVersion);
  }
  const after = one.kind === 'patch' ? patchModel(before?.document ?? new Map([['_id', one.id]]), one.patch, timeMs, before === undefined) : one.document;
  if (after === undefined || !encodeDocument(after).ok) return undefined;
  next.set(key, { version: (before?.version ?? deletedVersion) + 1n, document: after });
  return madeOf(deletedVersion);
}

/** By names alone: what is at a path, with null for nothing. */
function valueAt(document_: Document, at: string): Value {
  let found: Value | undefined = document_;
  for (const name of at.split('.')) found = found instanceof Map ? (found.get(name) as Value | undefined) : Array.isArray(found) ? (found[Number(name)] as Value | undefined) : undefined;
  return found ?? null;
}

/** All entries of all indexes, made again from the documents; undefined when a value cannot be indexed or a unique entry stands twice. */
function entriesOf(kept_: ReadonlyMap<number, Kept>): Map<string, string> | undefined {
  const entries = new Map<string, string>();
  for (const [number_, index] of indexes.entries()) {
    for (const { document: kept } of kept_.values()) {
      const idKey = encodeIndexKey([kept.get('_id')]);
      const values = encodeIndexKey(index.fields.map(({ path: at }) => valueAt(kept, at)), index.fields.map(({ direction }) => direction));
      if (!idKey.ok || !values.ok) return undefined;
      const key = toHex(concatBytes(indexPrefix(world, 'things', number_), values.value, index.unique ? new Uint8Array() : idKey.value));
      if (entries.has(key)) return undefined;
      entries.set(key, toHex(idKey.value));
    }
  }
  return entries;
}

function stateOf(bench: Bench): unknown {
  const documents = [...bench.state].filter(([key]) => key.startsWith(toHex(documentPrefix(world, 'things')))).map(([key, record]) => [key, documentFromRecord(record)] as const);
  const entryStart = toHex(indexPrefix(world, 'things', 0)).slice(0, -4);
  return {
    documents: documents.map(([key, { version: kept, document: found }]) => [key, kept, documentToJson(found, 'canonical')]).toSorted(),
    entries: [...bench.state].filter(([key]) => key.startsWith(entryStart)).map(([key, one]) => [key, toHex(one)]).toSorted(),
    counts: countsFromRecord(bench.state.get(toHex(countKey(world, 'things')))),
  };
}

function bytesOf(one: Document): bigint {
  const encoded = encodeDocument(one);
  if (!encoded.ok) throw new Error(encoded.message);
  return BigInt(encoded.value.length);
}

function stateOfModel({ documents, deletedVersion }: World): unknown {
  const keyOf = (key: number): string => {
    const idKey = encodeIndexKey([int32(key)]);
    if (!idKey.ok) throw new Error(idKey.message);
    return toHex(documentKey(documentPrefix(world, 'things'), idKey.value));
  };
  return {
    documents: [...documents].map(([key, { version: kept, document: found }]) => [keyOf(key), kept, documentToJson(found, 'canonical')]).toSorted(),
    entries: [...(entriesOf(documents) as Map<string, string>)].toSorted(),
    counts: { documents: BigInt(documents.size), deletedVersion, bytes: [...documents.values()].reduce((sum, { document: kept }) => sum + bytesOf(kept), 0n) },
  };
}

test('a product keeps the sign of a zero, in the model as on the chain', () => {
  const document = new Map<string, Value>([['_id', int32(1)], ['m', 0]]);
  const patch = { mul: new Map<string, Numeric>([['m', -1n]]) };
  const bench = createBench();
  bench.run([createDatabase('world'), things.create([]), things.insert([document]), things.patch(int32(1), patch)]);
  const idKey = encodeIndexKey([int32(1)]);
  const stored = bench.state.get(toHex(documentKey(documentPrefix(world, 'things'), idKey.ok ? idKey.value : new Uint8Array()))) as Uint8Array;
  for (const found of [documentFromRecord(stored).document, patchModel(document, patch, 0, false)]) expect(found?.get('m')).toBe(-0);
});

test('documents, entries of indexes and the count are those of a plain model after any operations', () => {
  const done: Record<string, number> = {};
  let refused = 0;
  fc.assert(fc.property(fc.array(step, { minLength: 6, maxLength: 14 }), (steps) => {
    const bench = createBench();
    bench.run([createDatabase('world'), things.create(indexes)]);
    const first = new Map<string, Value>([['_id', int32(1)], ['a', int32(7)], ['l', [1n, 'x']]]);
    bench.run([things.insert([first])]);
    let expected: World = { documents: new Map([[1, { version: 1n, document: first }]]), deletedVersion: 0n };
    for (const [i, one] of steps.entries()) {
      const timeMs = 1_000 * (i + 2);
      let call: DatabaseCall;
      try {
        call = callOf(one);
      } catch (thrown) {
        // Two changes met: the door refuses before there is an operation.
        if (thrown instanceof DatabaseOpError && (thrown.code === 'DB_PATCH_CONFLICT' || thrown.code === 'DB_LIMIT')) continue;
        throw thrown;
      }
      const next = model(expected, one, timeMs);
      const result = bench.run([call], { height: i + 2 });
      expect({ one, ok: result.ok, code: result.ok ? undefined : result.code }).toMatchObject({ ok: next !== undefined });
      if (next === undefined) refused++;
      else for (const name of one.kind === 'patch' ? Object.keys(one.patch) : [one.kind]) done[name] = (done[name] ?? 0) + 1;
      expected = next ?? expected;
      expect(stateOf(bench)).toEqual(stateOfModel(expected));
    }
  }), { numRuns: 200 });
  // Neither side of the comparison was empty, for any operation.
  expect(refused).toBeGreaterThan(50);
  expect(Object.entries({ insert: 0, replace: 0, upsert: 0, delete: 0, ...Object.fromEntries(names.map((name) => [name, 0])), ...done }).filter(([, times]) => times < 5)).toEqual([]);
}, 60_000);
