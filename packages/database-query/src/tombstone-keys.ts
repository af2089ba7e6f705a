import { type AccountId, toHex } from '@vsys/primitives';
import { databaseKey } from '@vsys/database/layout';
import { markKey, type Target } from '@vsys/moderation/layout';
import type { Query, Tombstones } from './model.ts';

/** What over a document a mark is on. A person is the owner of the database. */
export function targetOver(kind: Target['kind'], { database, collection }: Pick<Query, 'database' | 'collection'>, idKey: Uint8Array, owner: AccountId): Target {
  switch (kind) {
    case 'document': return { kind, database, collection, idKey };
    case 'collection': return { kind, database, collection };
    case 'database': return { kind, database };
    case 'person': return { kind, account: owner };
  }
}

/** The key of the mark that each document is withheld for, and the keys that their proof is about: of the database where its owner counts, and of each mark once. */
export function tombstoneKeys(query: Pick<Query, 'database' | 'collection'>, idKeys: readonly Uint8Array[], { marks, owner }: Omit<Tombstones, 'marksProof'>): { readonly marks: readonly Uint8Array[]; readonly proven: readonly Uint8Array[] } {
  const keys = marks.map(({ moderator, on }, i) => markKey(moderator, targetOver(on, query, idKeys[i] as Uint8Array, owner ?? new Uint8Array(20))));
  const once = new Map(keys.map((key) => [toHex(key), key]));
  return { marks: keys, proven: [...(owner === undefined ? [] : [databaseKey(query.database)]), ...once.values()] };
}
