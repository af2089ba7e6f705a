/**
 * From what an application asks for to operations by `_id`: what it names by other fields is read first, proven, and written on the condition that it
 * is as it was read.
 */
import type { Operation } from '@vsys/data-format';
import { type Document, encodeDocument, isDocument, type Value } from '@vsys/data-format/value';
import { type CollectionOps, collectionOps, type Patch, patchFromUpdate } from '@vsys/database/ops';
import type { BlockRefJson } from '@vsys/rpc';
import { toHex } from '@vsys/primitives';
import { ClientError } from '@vsys/rpc/client';
import { clientFailure } from './client-failure.ts';
import type { ReadPlace, Row } from './read-rows.ts';
import { readRows } from './read-rows.ts';
import { ObjectId } from './object-id.ts';
import { checkField, checkSchema, fieldAt, type Schema } from './schema.ts';
import { equalitiesOf } from './split-filter.ts';
import { filterToDocument } from './filter-document.ts';
import { fromValue, toDocument } from './values.ts';

/** A step of any kind, without the types of its collection. */
export interface Step {
  readonly kind: 'insert' | 'update' | 'replace' | 'delete';
  readonly filter?: object;
  readonly document?: object;
  readonly update?: object;
  readonly upsert?: boolean | undefined;
  readonly ifVersion?: bigint | undefined;
  /** All that match, in place of the first. */
  readonly many?: boolean;
}

export interface Changed {
  readonly operations: readonly Operation[];
  readonly matched: number;
  readonly ids: readonly unknown[];
  readonly upserted?: unknown;
  /** It rests on what was read. */
  readonly wasRead: boolean;
  readonly block?: BlockRefJson | undefined;
}

export interface Writing {
  readonly place: ReadPlace;
  readonly schema: Schema | undefined;
  readonly signal: AbortSignal | undefined;
  /** Documents that the same transaction changed already: their version is checked by its first change. */
  readonly touched?: Set<string>;
  /** Height that is read at; absent: the newest. */
  readonly at?: number | undefined;
}

export async function changeOf(step: Step, writing: Writing): Promise<Changed> {
  const ops = collectionOps(writing.place.database, writing.place.collection);
  if (step.kind === 'insert') return insertion(step, writing, ops);
  const filter = filterToDocument(step.filter ?? {});
  const own = isIdAlone(filter) ? filter.get('_id') as Value : undefined;
  // What the same transaction wrote before is there for it, and in no block that could be read.
  if (own !== undefined && writing.touched?.has(keyOf(own)) === true) return byId(step, own, step.ifVersion, writing, ops);
  const rows: Row[] = [];
  const source = readRows(writing.place, filter, { sort: {}, limit: step.many === true ? undefined : 1, skip: 0, batchSize: undefined }, { signal: writing.signal, asOf: writing.at });
  for await (const row of source.rows()) rows.push(row);
  const { block } = source;
  if (rows.length === 0) return step.upsert === true ? { ...upsertion(step, filter, writing, ops), block } : { operations: [], matched: 0, ids: [], wasRead: true, block };
  // Found by its id alone, a document is changed whatever else is in it: then only that it is there was read.
  const changes = rows.map(({ document, version }) => byId(step, document.get('_id') as Value, step.ifVersion ?? (isIdAlone(filter) ? undefined : version), writing, ops));
  return { operations: changes.flatMap(({ operations }) => operations), matched: rows.length, ids: changes.flatMap(({ ids }) => ids), wasRead: step.ifVersion === undefined, block };
}

function insertion({ document = {} }: Step, { schema, touched }: Writing, ops: CollectionOps): Changed {
  const fields = newDocument(document, schema);
  touched?.add(keyOf(fields.get('_id') as Value));
  return { operations: [ops.insert([fields])], matched: 0, ids: [fromValue(fields.get('_id') as Value)], wasRead: false };
}

/** With an `_id`, which comes first as MongoDB has it. */
export function newDocument(document: object, schema: Schema | undefined): Document {
  if (schema !== undefined) checkSchema(schema, document as Readonly<Record<string, unknown>>);
  const fields = toDocument(document);
  const id: Value = fields.get('_id') ?? { kind: 'objectId', bytes: new ObjectId().bytes };
  return new Map([['_id', id], ...[...fields].filter(([name]) => name !== '_id')]);
}

function byId(step: Step, id: Value, version: bigint | undefined, { schema, touched }: Writing, ops: CollectionOps): Changed {
  const isAgain = touched?.has(keyOf(id)) === true && step.ifVersion === undefined;
  const ifVersion = isAgain ? 0n : version ?? 0n;
  touched?.add(keyOf(id));
  const told = { matched: 1, ids: [fromValue(id)], wasRead: true };
  switch (step.kind) {
    case 'delete': return { ...told, operations: [ops.delete(id, ifVersion)] };
    case 'replace': {
      const document = replacementOf(step, id, schema);
      return { ...told, operations: [step.upsert === true && version === undefined ? ops.upsert(document, ifVersion) : ops.replace(document, ifVersion)] };
    }
    default: return { ...told, operations: [ops.patch(id, patchOf(step, schema), ifVersion)] };
  }
}

/** None matched: what the filter says by equality is part of the new document, as in MongoDB. */
function upsertion(step: Step, filter: Document, { schema, touched }: Writing, ops: CollectionOps): Changed {
  const given = equalitiesOf(filter);
  const id: Value = given.get('_id') ?? { kind: 'objectId', bytes: new ObjectId().bytes };
  touched?.add(keyOf(id));
  const told = { matched: 0, ids: [], upserted: fromValue(id), wasRead: true };
  if (step.kind === 'replace') return { ...told, operations: [ops.insert([replacementOf(step, id, schema)])] };
  const patch = patchOf(step, schema);
  const named = new Set(Object.values(patch).flatMap((changes) => (Array.isArray(changes) ? changes as string[] : [...(changes as ReadonlyMap<string, unknown>).keys()])));
  const fields = [...given].filter(([path]) => path !== '_id' && !named.has(path));
  return { ...told, operations: [ops.patch(id, { ...patch, setOnInsert: new Map([...(patch.setOnInsert ?? []), ...fields]) }, 0n, true)] };
}

function replacementOf({ document = {} }: Step, id: Value, schema: Schema | undefined): Document {
  const fields = newDocument({ ...document, _id: fromValue(id) }, schema);
  const given = toDocument(document).get('_id');
  if (given !== undefined && keyOf(given) !== keyOf(id)) throw clientFailure('CLIENT_UPDATE', 'the _id of a document never changes; the replacement has another one');
  return new Map([['_id', id], ...[...fields].filter(([name]) => name !== '_id')]);
}

function patchOf({ update = {} }: Step, schema: Schema | undefined): Partial<Patch> {
  const fields = toDocument(update, 'the update');
  const plain = [...fields.keys()].find((name) => !name.startsWith('$'));
  if (plain !== undefined || fields.size === 0) throw clientFailure('CLIENT_UPDATE', `an update is made of operators such as $set${plain === undefined ? '' : `; "${plain}" is none`}; replaceOne takes a whole document`);
  const patch = patchFromUpdate(fields);
  if (!patch.ok) throw new ClientError(patch.code, patch.message, patch.data ?? {});
  if (schema !== undefined) checkPatch(schema, update as UpdateFields);
  return patch.value;
}

type UpdateFields = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** What is set must be as declared; what other operators make of a field is for the reader to see. */
function checkPatch(schema: Schema, update: UpdateFields): void {
  for (const operator of ['$set', '$setOnInsert', '$min', '$max']) {
    for (const [path, value] of Object.entries(update[operator] ?? {})) {
      if (path === '_id') continue;
      const field = fieldAt(schema, path);
      if (field === undefined && !path.includes('.')) throw clientFailure('CLIENT_SCHEMA', `"${path}" is not in the schema; it has ${Object.keys(schema).join(', ')}`, { path });
      if (field !== undefined) checkField(field, value, path);
    }
  }
}

function isIdAlone(filter: Document): boolean {
  const id = filter.get('_id');
  return filter.size === 1 && id !== undefined && !isDocument(id);
}

function keyOf(id: Value): string {
  const bytes = encodeDocument(new Map([['_id', id]]));
  if (!bytes.ok) throw new ClientError(bytes.code === 'VALUE_RANGE' ? 'DB_VALUE' : bytes.code, bytes.message);
  return toHex(bytes.value);
}
