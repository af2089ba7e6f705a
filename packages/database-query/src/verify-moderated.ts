import { type AccountId, accept, equalBytes, refuse, toHex, type Verdict } from '@vsys/primitives';
import { databaseFromRecord, documentFromRecord } from '@vsys/database/layout';
import { markFromRecord, type MarkRecord, targetToBytes } from '@vsys/moderation/layout';
import { verifyKeys } from '@vsys/state/proof';
import type { Answer, ModeratedAnswer, Query, Tombstone, Tombstones } from './model.ts';
import { distinctIds, isFirstOfDocument } from './multikey-rows.ts';
import { targetOver, tombstoneKeys } from './tombstone-keys.ts';
import { type AnswerRow, readAnswer, type VerifyCode } from './verify-answer.ts';

export type TombstoneCode = 'TOMBSTONE_MALFORMED' | 'TOMBSTONE_NO_MARK' | 'TOMBSTONE_NOT_HONOURED';

/**
 * As `verifyAnswer`, of a node that honours moderators: what it withholds, it shows the mark for. No row is missing, nothing is withheld without a mark that stands in the same state, and by no one but these moderators.
 *
 * @param moderators - those of the policy that the node says it follows
 */
export function verifyModerated(stateRoot: Uint8Array, query: Query, answer: Answer, moderators: readonly AccountId[]): Verdict<ModeratedAnswer, VerifyCode | TombstoneCode> {
  const read = readAnswer(stateRoot, query, answer, true);
  if (!read.ok) return read;
  const { rows, multikey, ...rest } = read.value;
  const withheld = distinctIds(rows.flatMap(({ idKey, shown }) => shown.value === undefined ? [{ value: idKey }] : []));
  const marks = verifyMarks(stateRoot, query, withheld, answer.tombstones, moderators);
  if (!marks.ok) return marks;
  const told = new Set<string>();
  return accept({
    ...rest,
    rows: rows.flatMap(({ key, idKey, shown }: AnswerRow): ModeratedAnswer['rows'] => {
      if (shown.value !== undefined) {
        const stored = documentFromRecord(shown.value);
        return multikey === undefined || isFirstOfDocument(key, stored.document, multikey) ? [{ kind: 'document', stored }] : [];
      }
      // Where its elements cannot be seen, a document is told once in each page.
      const name = toHex(idKey);
      if (told.has(name)) return [];
      told.add(name);
      return [{ kind: 'tombstone', idKey, recordHash: shown.valueHash, ...marks.value.get(name) as Pick<Tombstone, 'moderator' | 'mark'> }];
    }),
  });
}

type Marks = ReadonlyMap<string, { readonly moderator: AccountId; readonly mark: MarkRecord }>;

/** The mark for each document that is withheld. */
function verifyMarks(stateRoot: Uint8Array, query: Query, withheld: readonly Uint8Array[], stones: Tombstones | undefined, moderators: readonly AccountId[]): Verdict<Marks, VerifyCode | TombstoneCode> {
  if (stones === undefined) return withheld.length === 0 ? accept(new Map()) : refuse('TOMBSTONE_NO_MARK', 'documents are withheld, and no mark is shown for them');
  if (stones.marks.length !== withheld.length || withheld.length === 0) return refuse('TOMBSTONE_MALFORMED', `${withheld.length} documents are withheld, and marks are named for ${stones.marks.length}`);
  if (stones.marks.some(({ on }) => on === 'person') !== (stones.owner !== undefined)) return refuse('TOMBSTONE_MALFORMED', 'the owner is told where a mark is on that person, and only there');
  const stranger = stones.marks.find(({ moderator }) => !moderators.some((honoured) => equalBytes(honoured, moderator)));
  if (stranger !== undefined) return refuse('TOMBSTONE_NOT_HONOURED', `the policy does not honour ${toHex(stranger.moderator)}`);
  const keys = tombstoneKeys(query, withheld, stones);
  const shown = verifyKeys(stateRoot, keys.proven, stones.marksProof);
  if (!shown.ok) return shown;
  const records = new Map(keys.proven.map((key, i) => [toHex(key), shown.value[i]]));
  const database = shown.value[0];
  if (stones.owner !== undefined && (database === undefined || !equalBytes(databaseFromRecord(database).owner, stones.owner))) return refuse('TOMBSTONE_NO_MARK', 'the person that is marked does not own the database');
  const marks = new Map<string, { moderator: AccountId; mark: MarkRecord }>();
  for (const [i, { moderator, on }] of stones.marks.entries()) {
    const idKey = withheld[i] as Uint8Array;
    const record = records.get(toHex(keys.marks[i] as Uint8Array));
    const mark = record === undefined ? undefined : markFromRecord(record);
    const target = targetOver(on, query, idKey, stones.owner ?? new Uint8Array(20));
    if (mark === undefined || !equalBytes(targetToBytes(mark.target), targetToBytes(target))) return refuse('TOMBSTONE_NO_MARK', `${toHex(moderator)} does not mark the ${on} that a document is withheld for`);
    marks.set(toHex(idKey), { moderator, mark });
  }
  return accept(marks);
}
