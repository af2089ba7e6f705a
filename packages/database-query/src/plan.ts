/**
 * From a collection's record and a query to the keys to read. The reader and the verifier both come here, with the same record, so that
 * a proof can only be of what was asked. Normative: docs/spec/database-query.md.
 */
import { accept, concatBytes, refuse, type Verdict } from '@vsys/primitives';
import { isIndexKey } from '@vsys/data-format/value';
import { type CollectionRecord, documentKey, documentPrefix, type IndexField, indexPrefix, type IndexRecord } from '@vsys/database/layout';
import { type Condition, type Conditions, conditionsOf } from './filter.ts';
import { beginningWith, betweenBounds, goOnAfter, type KeyBounds, keyOf } from './key-bounds.ts';
import { impliesPartial, impliesSparse, isHeldAnyway } from './implies.ts';
import { type Explanation, type Query, type QueryCode, queryLimits, type SortField } from './model.ts';
import type { MultikeyWalk } from './multikey-rows.ts';

export type Plan =
  /** One document by its key. */
  | { readonly kind: 'key'; readonly key: Uint8Array; readonly explanation: Explanation }
  /** Rows of the documents themselves, or of an index, whose values are the ends of the documents' keys. */
  | { readonly kind: 'rows'; readonly prefix: Uint8Array; readonly bounds: KeyBounds; readonly limit: number; readonly explanation: Explanation;
    /** Of an index by elements. */ readonly multikey?: MultikeyWalk };

/** A way along which rows lie: the collection by `_id`, or an index. */
interface Path {
  /** Absent: the collection. */
  readonly index?: IndexRecord;
  readonly prefix: Uint8Array;
  readonly fields: readonly IndexField[];
  /** Values are followed by `_id`, which orders rows of equal values. */
  readonly endsWithId: boolean;
}

interface Fit {
  readonly path: Path;
  readonly equals: readonly string[];
  readonly bounded?: string;
  readonly reverse: boolean;
}

export function planQuery(collection: CollectionRecord, query: Query): Verdict<Plan, QueryCode> {
  const { database, filter, sort = [], limit = queryLimits.documentsDefault, after } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > queryLimits.documentsMax) return refuse('QUERY_LIMIT', `limit is a number from 1 to ${queryLimits.documentsMax}, found ${limit}`);
  return planRows(collection, { database, filter, sort, limit, ...(after === undefined ? {} : { after }) });
}

/** For a count: the whole range, however many documents. */
export function planCount(collection: CollectionRecord, query: Pick<Query, 'database' | 'filter'>): Verdict<Plan, QueryCode> {
  return planRows(collection, { ...query, sort: [], limit: queryLimits.countMax });
}

function planRows(collection: CollectionRecord, query: Pick<Query, 'database' | 'filter' | 'after'> & { readonly sort: readonly SortField[]; readonly limit: number }): Verdict<Plan, QueryCode> {
  const { database, sort, limit, after } = query;
  const read = conditionsOf(query.filter);
  if (!read.ok) return read;
  const conditions = read.value;
  const documents = documentPrefix(database, collection.name);
  const id = conditions.get('_id');
  if (id?.kind === 'equal' && conditions.size === 1) {
    const key = keyOf('_id', id.value, 1);
    if (!key.ok) return key;
    if (after !== undefined) return refuse('QUERY_CURSOR', 'there is one document at most; ask without a cursor');
    return accept({ kind: 'key', key: documentKey(documents, key.value), explanation: { via: 'key', reverse: false, equals: ['_id'], tier: 'proven' } });
  }
  const fits = pathsOf(collection, database).map((path) => fitPath(path, conditions, sort));
  const fit = fits.filter((one) => typeof one !== 'string').reduce<Fit | undefined>(better, undefined);
  if (fit === undefined) return refuse('QUERY_NOT_PROVABLE', notProvable(conditions, sort), { index: indexFor(conditions, sort), others: whyNotOthers(collection, query, undefined) });
  const bounds = boundsOf(fit, conditions);
  if (!bounds.ok) return bounds;
  const { path, equals, bounded, reverse } = fit;
  const open = after === undefined ? bounds : goOnAfterCursor(fit, bounds.value, after);
  if (!open.ok) return open;
  const explanation: Explanation = {
    via: path.index === undefined ? 'collection' : 'index', reverse, equals, tier: 'proven',
    ...(path.index === undefined ? {} : { index: path.index.name }), ...(bounded === undefined ? {} : { bounded }),
  };
  return accept({ kind: 'rows', prefix: path.prefix, bounds: open.value, limit, explanation, ...(path.index?.multikey === true ? { multikey: { index: path.index, prefix: path.prefix, whole: bounds.value, reverse } } : {}) });
}

function pathsOf(collection: CollectionRecord, database: Uint8Array): readonly Path[] {
  return [
    { prefix: documentPrefix(database, collection.name), fields: [{ path: '_id', direction: 1 }], endsWithId: false },
    ...collection.indexes.map((index) => ({ index, prefix: indexPrefix(database, collection.name, index.number), fields: index.fields, endsWithId: !index.unique })),
  ];
}

/** Why each index that is not taken is not. For whoever asks how a query is answered. */
export function whyNotOthers(collection: CollectionRecord, query: Pick<Query, 'database' | 'filter' | 'sort'>, taken: string | undefined): readonly { readonly index: string; readonly why: string }[] {
  const conditions = conditionsOf(query.filter);
  if (!conditions.ok) return [];
  return pathsOf(collection, query.database).flatMap((path) => {
    if (path.index === undefined || path.index.name === taken) return [];
    const fit = fitPath(path, conditions.value, query.sort ?? []);
    return [{ index: path.index.name, why: typeof fit === 'string' ? fit : 'it fits, and another way fits more closely, or with fewer fields' }];
  });
}

/** Equalities on the first fields, then bounds on the next, then the sort goes on along the rest, forward or wholly backward. A string says why not. */
function fitPath(path: Path, conditions: Conditions, sort: readonly SortField[]): Fit | string {
  const { fields, index } = path;
  const lacking = index === undefined ? undefined : whatItLacks(index, conditions);
  if (lacking !== undefined) return lacking;
  let count = 0;
  while (count < fields.length && conditions.get((fields[count] as IndexField).path)?.kind === 'equal') count++;
  const equals = fields.slice(0, count).map((field) => field.path);
  const next = fields[count]?.path;
  const bounds = next === undefined ? undefined : conditions.get(next);
  const bounded = bounds?.kind === 'between' ? next : undefined;
  const left = [...conditions].find(([name, asked]) => name !== bounded && !equals.includes(name) && !isHeldAnyway(index?.partial ?? [], name, asked));
  if (left !== undefined) return `its fields do not narrow by "${left[0]}" after those with equality`;
  const rest: readonly IndexField[] = [...fields.slice(count), ...(path.endsWithId ? [{ path: '_id', direction: 1 } as const] : [])];
  const isMultikey = index?.multikey === true;
  if (isMultikey && bounds?.kind === 'between' && bounds.lower !== undefined && bounds.upper !== undefined) return `two elements of an array may meet the two bounds of "${next}"; ask for one of them, and choose the other from the answer`;
  // A field that is the same in all rows sorts nothing; an array with an element that is the same has its others too.
  const asked = isMultikey ? sort : sort.filter((field) => !equals.includes(field.path));
  if (isMultikey && asked.length > 0 && bounded !== undefined) return 'arrays are sorted by their least or greatest element, which the bounds may leave out';
  if (asked.length > rest.length || asked.some((field, i) => field.path !== rest[i]?.path)) return 'its order is not that of the sort';
  const reverse = asked[0] !== undefined && asked[0].direction !== rest[0]?.direction;
  if (asked.some((field, i) => (field.direction !== rest[i]?.direction) !== reverse)) return 'its directions are neither those of the sort nor their opposites';
  return { path, equals, reverse, ...(bounded === undefined ? {} : { bounded }) };
}

/** What an index does not hold that the filter may ask for. */
function whatItLacks(index: IndexRecord, conditions: Conditions): string | undefined {
  if (index.building !== undefined) return `it is being built: ${index.building.built} of ${index.building.total} documents`;
  if (index.failed !== undefined) return `its build failed with ${index.failed.code}`;
  if (index.sparse === true && !impliesSparse(index, conditions)) return 'it is sparse, and the filter does not say that one of its fields is there';
  if (index.partial !== undefined && !impliesPartial(index.partial, conditions)) return `it holds only documents with ${index.partial.map(({ path, operator }) => `"${path}" ${operator}`).join(', ')}, which the filter does not say`;
  return undefined;
}

/** The narrower one; of equals the shorter, then the older. */
function better(best: Fit | undefined, other: Fit): Fit {
  if (best === undefined) return other;
  const order = other.equals.length - best.equals.length || best.path.fields.length - other.path.fields.length;
  return order > 0 ? other : best;
}

function boundsOf({ path, equals, bounded }: Fit, conditions: Conditions): Verdict<KeyBounds, QueryCode> {
  let base = path.prefix;
  for (const [i, name] of equals.entries()) {
    const key = keyOf(name, (conditions.get(name) as Extract<Condition, { kind: 'equal' }>).value, (path.fields[i] as IndexField).direction);
    if (!key.ok) return key;
    base = concatBytes(base, key.value);
  }
  if (bounded === undefined) return accept(beginningWith(base));
  return betweenBounds(base, bounded, conditions.get(bounded) as Extract<Condition, { kind: 'between' }>, (path.fields[equals.length] as IndexField).direction);
}

/** A cursor is the rest of a row's key, so it has the form of the values that make one. */
function goOnAfterCursor({ path, reverse }: Fit, bounds: KeyBounds, after: Uint8Array): Verdict<KeyBounds, QueryCode> {
  const directions = [...path.fields.map(({ direction }) => direction), ...(path.endsWithId ? [1 as const] : [])];
  if (!isIndexKey(after, directions)) return refuse('QUERY_CURSOR', 'no answer to this query gives such a cursor; give the one of the answer before, with the same filter and sort');
  return goOnAfter(bounds, concatBytes(path.prefix, after), reverse);
}

/** An index that would answer, in MongoDB's form; undefined when none can: bounds and sort on different fields. */
function indexFor(conditions: Conditions, sort: readonly SortField[]): Readonly<Record<string, 1 | -1>> | undefined {
  const equals = [...conditions].filter(([, { kind }]) => kind === 'equal').map(([path]) => path);
  const bounded = [...conditions].filter(([, { kind }]) => kind === 'between').map(([path]) => path);
  const sorted = sort.filter(({ path }) => !equals.includes(path));
  if (bounded.length > 1 || (bounded.length === 1 && sorted.length > 0 && sorted[0]?.path !== bounded[0])) return undefined;
  return Object.fromEntries([...equals.map((path) => [path, 1] as const), ...(sorted.length > 0 ? sorted.map(({ path, direction }) => [path, direction] as const) : bounded.map((path) => [path, 1] as const))]);
}

function notProvable(conditions: Conditions, sort: readonly SortField[]): string {
  const index = indexFor(conditions, sort);
  if (index === undefined) return 'no index can answer this completely: bounds and sort may be on one field only; ask for less and choose from the answer';
  return `no index of the collection answers this completely; an index on ${JSON.stringify(index)} would`;
}
