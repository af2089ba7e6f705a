import { invariant } from '@vsys/primitives';
import { type Document, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { type IndexStanding, standingFields, standingFrom } from './index-build.ts';
import { type IndexKinds, kindFields, kindsFrom } from './index-kinds.ts';
import { type Quota, quotaFields, quotaFromFields } from './quota.ts';

export interface IndexField {
  /** Dotted path. */
  readonly path: string;
  readonly direction: 1 | -1;
}

export interface IndexRecord extends IndexKinds, IndexStanding {
  /** Place in the key space of the collection; never used twice. */
  readonly number: number;
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
}

export interface CollectionRecord {
  readonly name: string;
  /** Drops that the database had seen when it was made; absent: none. */
  readonly drops?: bigint;
  /** Blocks after its last change in which a document goes; absent: it stays. */
  readonly ttl?: number;
  readonly quota?: Quota;
  /** What documents are held to: see `schemaFromDocument`. Absent: any. */
  readonly schema?: Document;
  readonly indexes: readonly IndexRecord[];
  /** The number of the next index, once one was dropped; absent: as many as there are. */
  readonly indexNumbers?: number;
}

/** BSON; what is at its default is left out. */
export function collectionToRecord({ name, indexes, drops, ttl, quota, schema, indexNumbers }: CollectionRecord): Uint8Array {
  return recordToBytes(new Map<string, Value>([
    ['name', name],
    ['indexes', indexes.map((index) => new Map<string, Value>([
      ['number', BigInt(index.number)], ['name', index.name], ['unique', index.unique],
      ['fields', index.fields.map(({ path, direction }) => new Map<string, Value>([['path', path], ['direction', BigInt(direction)]]))],
      ...kindFields(index), ...standingFields(index),
    ]))],
    ...(drops === undefined ? [] : [['drops', drops] as [string, Value]]),
    ...(ttl === undefined ? [] : [['ttl', BigInt(ttl)] as [string, Value]]),
    ...(quota === undefined ? [] : [['quota', new Map(quotaFields(quota))] as [string, Value]]),
    ...(schema === undefined ? [] : [['schema', schema] as [string, Value]]),
    ...(indexNumbers === undefined ? [] : [['indexNumbers', BigInt(indexNumbers)] as [string, Value]]),
  ]));
}

export function collectionFromRecord(bytes: Uint8Array): CollectionRecord {
  const fields = recordFromBytes(bytes);
  const indexes = (fields.get('indexes') as Document[]).map((index): IndexRecord => ({
    number: Number(index.get('number') as bigint), name: index.get('name') as string, unique: index.get('unique') as boolean,
    fields: (index.get('fields') as Document[]).map((field) => ({ path: field.get('path') as string, direction: Number(field.get('direction') as bigint) as 1 | -1 })),
    ...kindsOf(index), ...standingFrom(index),
  }));
  const [drops, ttl, quota] = [fields.get('drops') as bigint | undefined, fields.get('ttl') as bigint | undefined, fields.get('quota') as Document | undefined];
  const schema = fields.get('schema') as Document | undefined;
  const indexNumbers = fields.get('indexNumbers') as bigint | undefined;
  return {
    name: fields.get('name') as string, indexes, ...(indexNumbers === undefined ? {} : { indexNumbers: Number(indexNumbers) }),
    ...(drops === undefined ? {} : { drops }), ...(ttl === undefined ? {} : { ttl: Number(ttl) }), ...(quota === undefined ? {} : { quota: quotaFromFields(quota) }), ...(schema === undefined ? {} : { schema }),
  };
}

function kindsOf(index: Document): IndexKinds {
  const kinds = kindsFrom(index);
  invariant(kinds.ok, 'the record of an index does not read');
  return kinds.value;
}
