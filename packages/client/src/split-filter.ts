import type { Verdict } from '@vsys/primitives';
import { compareValues, type Document, getPath, isDocument, type Value } from '@vsys/data-format/value';
import type { CollectionRecord } from '@vsys/database/layout';
import { planQuery, type QueryCode, type SortField } from '@vsys/database-query/verify';

/** What of a question an index answers; the rest is chosen out of those rows. */
export interface SplitFilter {
  readonly filter: Document;
  readonly sort: readonly SortField[];
  /** Whether the rows come in the order that was asked for. */
  readonly inOrder: boolean;
}

const PROVABLE: readonly string[] = ['$eq', '$gt', '$gte', '$lt', '$lte'];

/** The part of a filter that leaves the fewest rows by what can be known without counting: most equalities, then bounds, then the order. */
export function splitFilter(collection: CollectionRecord, database: Uint8Array, filter: Document, sort: readonly SortField[]): SplitFilter {
  const usable = new Map([...filter].flatMap(([path, asked]) => provablePart(path, asked)));
  const paths = [['_id'], ...collection.indexes.map(({ fields }) => fields.map(({ path }) => path))];
  let best: SplitFilter = { filter: new Map(), sort: [], inOrder: sort.length === 0 };
  let bestRank = best.inOrder ? 1 : 0;
  for (const fields of paths) {
    for (let count = 0; count <= fields.length; count++) {
      const part = new Map(fields.slice(0, count).flatMap((path) => (usable.has(path) ? [[path, usable.get(path) as Value] as const] : [])));
      if (part.size < count) break;
      for (const inOrder of [true, false]) {
        const wanted = inOrder ? sort : [];
        const rank = 4 * [...part.values()].filter((asked) => !isBounds(asked)).length + 2 * [...part.values()].filter(isBounds).length + (inOrder ? 1 : 0);
        if (rank <= bestRank || !fits(collection, database, part, wanted).ok) continue;
        best = { filter: part, sort: wanted, inOrder };
        bestRank = rank;
      }
    }
  }
  return best;
}

function fits(collection: CollectionRecord, database: Uint8Array, filter: Document, sort: readonly SortField[]): Verdict<unknown, QueryCode> {
  return planQuery(collection, { database, collection: collection.name, filter, sort });
}

function provablePart(path: string, asked: Value): readonly (readonly [string, Value])[] {
  if (path.startsWith('$')) return [];
  if (!isDocument(asked)) return Array.isArray(asked) ? [] : [[path, asked]];
  if (![...asked.keys()].some((name) => name.startsWith('$'))) return [];
  const only = asked.get('$eq');
  if (only !== undefined) return isDocument(only) || Array.isArray(only) ? [] : [[path, only]];
  const bounds = new Map([...asked].filter(([name, value]) => PROVABLE.includes(name) && !isDocument(value) && !Array.isArray(value)));
  return bounds.size === 0 ? [] : [[path, bounds]];
}

const isBounds = (asked: Value): boolean => isDocument(asked);

/** The order of `sort` over whole documents; equal ones stay as they were. */
export function byFields(sort: readonly SortField[]): (a: Document, b: Document) => number {
  return (a, b) => {
    for (const { path, direction } of sort) {
      const order = compareValues(getPath(a, path) ?? null, getPath(b, path) ?? null);
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

/** MongoDB's form, `{ country: 1, people: -1 }`, in the order of its fields. */
export function sortFieldsOf(sort: Readonly<Record<string, 1 | -1>>): readonly SortField[] {
  return Object.entries(sort).map(([path, direction]) => ({ path, direction }));
}

/** What a filter says by equality, for a document that an upsert makes. */
export function equalitiesOf(filter: Document): Document {
  return new Map([...filter].flatMap(([path, asked]): (readonly [string, Value])[] => {
    if (path.startsWith('$')) return [];
    if (!isDocument(asked) || ![...asked.keys()].some((name) => name.startsWith('$'))) return [[path, asked]];
    const only = asked.get('$eq');
    return only === undefined ? [] : [[path, only]];
  }));
}
