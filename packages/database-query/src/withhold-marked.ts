import { type AccountId, invariant, toHex } from '@vsys/primitives';
import { databaseFromRecord, databaseKey, documentKey, documentPrefix } from '@vsys/database/layout';
import { markFromRecord, markKey, type Target, targetToBytes } from '@vsys/moderation/layout';
import { type StateView, withholdValues } from '@vsys/state';
import { distinctIds } from './multikey-rows.ts';
import type { Answer, Query, Tombstones } from './model.ts';
import { targetOver, tombstoneKeys } from './tombstone-keys.ts';
import { readAnswer } from './verify-answer.ts';

const KINDS: readonly Target['kind'][] = ['document', 'collection', 'database', 'person'];

/**
 * The same answer without the documents that one of these moderators marks: their hashes stand in their place, and proofs of the marks are with them. No row goes, so pages, cursors and counts are as they were. What an
 * index is ordered by stays to be seen in its keys.
 *
 * @param answer - of `answerQuery` under the same view
 * @param moderators - whom the node honours, the first of them first
 */
export async function withholdMarked(view: StateView, query: Query, answer: Answer, moderators: readonly AccountId[]): Promise<Answer> {
  const read = readAnswer(view.root, query, answer, false);
  // Without a collection, or without rows, there is nothing to withhold.
  if (!read.ok || read.value.rows.length === 0 || moderators.length === 0) return answer;
  const record = await view.get(databaseKey(query.database));
  invariant(record !== undefined, 'a collection is in a database');
  const { owner } = databaseFromRecord(record);
  const idKeys = distinctIds(read.value.rows.map(({ idKey }) => ({ value: idKey })));
  const found = await marksOver(view, query, idKeys, owner, moderators);
  if (found.length === 0) return answer;
  const marks = found.map(({ moderator, on }) => ({ moderator, on }));
  const stones: Omit<Tombstones, 'marksProof'> = { marks, ...(marks.some(({ on }) => on === 'person') ? { owner } : {}) };
  const prefix = documentPrefix(query.database, query.collection);
  const hidden = found.map(({ idKey }) => documentKey(prefix, idKey));
  const marksProof = await view.proveKeys(tombstoneKeys(query, found.map(({ idKey }) => idKey), stones).proven);
  const part = read.value.explanation.via === 'collection' ? 'rangeProof' : 'documentsProof';
  return { ...answer, [part]: withholdValues(view.root, answer[part], hidden), tombstones: { ...stones, marksProof } };
}

interface Found { readonly idKey: Uint8Array; readonly moderator: AccountId; readonly on: Target['kind'] }

/** The first mark over each document: of the closest target, then of the first moderator. All keys in one batch. */
async function marksOver(view: StateView, query: Query, idKeys: readonly Uint8Array[], owner: AccountId, moderators: readonly AccountId[]): Promise<readonly Found[]> {
  const asked = idKeys.map((idKey) => KINDS.flatMap((on) => moderators.map((moderator) => {
    const target = targetOver(on, query, idKey, owner);
    return { idKey, moderator, on, target, key: markKey(moderator, target) };
  })));
  const keys = new Map(asked.flat().map(({ key }) => [toHex(key), key]));
  const values = await view.getMany([...keys.values()]);
  const records = new Map([...keys.keys()].map((name, i) => [name, values[i]]));
  return asked.flatMap((over) => {
    const mark = over.find(({ key, target }) => {
      const value = records.get(toHex(key));
      return value !== undefined && toHex(targetToBytes(markFromRecord(value).target)) === toHex(targetToBytes(target));
    });
    return mark === undefined ? [] : [mark];
  });
}
