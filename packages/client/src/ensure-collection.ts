import { equalBytes } from '@vsys/primitives';
import type { Operation } from '@vsys/data-format';
import { compareValues, type Document } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey, type CollectionRecord, databaseFromRecord, databaseId, databaseKey, type IndexField } from '@vsys/database/layout';
import { collectionOps, createDatabase, type IndexDefinition } from '@vsys/database/ops';
import { type Client, ClientError } from '@vsys/rpc/client';
import { clientFailure } from './client-failure.ts';
import type { Lane } from './lane.ts';

/** An index, by a path, by paths with directions as in MongoDB, or with a name and as unique. */
export type IndexSpec = string | Readonly<Record<string, 1 | -1>> | { readonly fields: Readonly<Record<string, 1 | -1>>; readonly unique?: boolean; readonly name?: string };

export function indexesOf(specs: readonly IndexSpec[]): readonly IndexDefinition[] {
  return specs.map((spec) => {
    const { fields, unique = false, name } = typeof spec === 'string' ? { fields: { [spec]: 1 as const } } : isNamed(spec) ? spec : { fields: spec };
    const list: readonly IndexField[] = Object.entries(fields).map(([path, direction]) => ({ path, direction }));
    return { name: name ?? list.map(({ path, direction }) => `${path}_${direction === 1 ? '1' : '-1'}`).join('_'), unique, fields: list };
  });
}

function isNamed(spec: Exclude<IndexSpec, string>): spec is Extract<IndexSpec, { readonly fields: object }> {
  return typeof spec.fields === 'object';
}

/** What a collection is to have. Without a schema, one that it has stays. */
export interface Wanted {
  readonly indexes: readonly IndexDefinition[];
  readonly schema?: Document | undefined;
}

/**
 * Makes what is missing of a database, a collection, its indexes and its schema; does nothing when all is there. Whoever else does the same at the same time does no harm.
 *
 * An index of a filled collection is of use when it is built.
 *
 * @throws ClientError CLIENT_INDEX when there is another one of the same name
 */
export async function ensureCollection(client: Client, lane: Lane, owner: Uint8Array, name: string, collection: string, { indexes, schema }: Wanted): Promise<void> {
  for (let tries = 1; ; tries++) {
    const operations = await missing(client, owner, name, collection, { indexes, schema });
    if (operations.length === 0) return;
    try {
      await (await lane.send(operations)).reached('included');
      return;
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'DB_EXISTS' || tries === 3) throw error;
    }
  }
}

async function missing(client: Client, owner: Uint8Array, name: string, collection: string, { indexes, schema }: Wanted): Promise<readonly Operation[]> {
  const database = databaseId(owner, name);
  const ops = collectionOps(database, collection);
  const { values: [databaseRecord, record] } = await client.values([databaseKey(database), collectionKey(database, collection)]);
  const make = [ops.create(indexes), ...(schema === undefined ? [] : [ops.setSchema(schema)])];
  if (databaseRecord === undefined) return [createDatabase(name), ...make];
  // The id is made of the owner: another one could only be there by a transfer.
  if (!equalBytes(databaseFromRecord(databaseRecord).owner, owner)) throw clientFailure('CLIENT_OWNER', `the database "${name}" belongs to another account now`);
  if (record === undefined) return make;
  const there = collectionFromRecord(record);
  const others = indexes.filter((index) => !has(there, index)).map((index) => ops.createIndex(index));
  return schema === undefined || isSchema(there, schema) ? others : [...others, ops.setSchema(schema)];
}

function isSchema({ schema }: CollectionRecord, wanted: Document): boolean {
  return schema !== undefined && compareValues(schema, wanted) === 0;
}

function has({ indexes }: CollectionRecord, wanted: IndexDefinition): boolean {
  const found = indexes.find(({ name }) => name === wanted.name);
  if (found === undefined) return false;
  const isSame = found.unique === wanted.unique && found.fields.length === wanted.fields.length && found.fields.every(({ path, direction }, i) => path === wanted.fields[i]?.path && direction === wanted.fields[i]?.direction);
  if (!isSame) throw clientFailure('CLIENT_INDEX', `there is an index "${wanted.name}" already, with other fields; give the new one another name`);
  return true;
}
