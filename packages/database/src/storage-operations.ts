/** Operations about what a database takes up: tags 30 to 39. docs/spec/database.md, "Dropping". */
import { accept, concatBytes, type Verdict } from '@vsys/primitives';
import { headOf, type Target } from './operation-head.ts';
import { malformed, type PayloadCode } from './payload-checks.ts';

export type StorageOperation =
  | (Target & { readonly kind: 'dropCollection' })
  | (Pick<Target, 'database'> & { readonly kind: 'dropDatabase' });

export const STORAGE_TAG = { dropCollection: 30, dropDatabase: 31 } as const;

/** @param payload - of a tag from 30 to 39 */
export function storageOperationFromPayload(payload: Uint8Array): Verdict<StorageOperation, PayloadCode> {
  if (payload[0] === STORAGE_TAG.dropDatabase) return payload.length === 21 ? accept({ kind: 'dropDatabase', database: payload.slice(1) }) : malformed('dropDatabase is the id of a database and nothing else');
  const head = headOf(payload);
  if (!head.ok) return head;
  const { rest, ...target } = head.value;
  switch (payload[0]) {
    case STORAGE_TAG.dropCollection: return rest.length === 0 ? accept({ kind: 'dropCollection', ...target }) : malformed('dropCollection names a collection and nothing else');
    default: return malformed('its first byte names no operation');
  }
}

export function dropDatabasePayload(database: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(STORAGE_TAG.dropDatabase), database);
}
