/** Where marks lie in state, for readers and verifiers: docs/spec/moderation.md §1. Browser-safe. */
import { type AccountId, concatBytes, invariant } from '@vsys/primitives';
import { type Binary, type Document, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';
import type { DatabaseId } from '@vsys/database/layout';
import { type Target, targetFromBytes, targetId, targetToBytes } from './target.ts';

export { targetFromBytes, targetId, targetsOver, targetToBytes } from './target.ts';
export type { Target } from './target.ts';

export const MODERATION = 'moderation';

export interface ModeratorRecord {
  /** What it marks, and by which rules: for people. */
  readonly description: string;
  readonly uri: string;
  /** Height at which it first said so. */
  readonly since: number;
}

/** What somebody said, and at which height. */
export interface Statement {
  readonly text: string;
  readonly at: number;
}

export interface MarkRecord {
  readonly target: Target;
  /** Such as `fraud` or `spam`: a word of the moderator's. */
  readonly reason: string;
  readonly note: string;
  readonly at: number;
  /** By the person that is marked, or who owns what is. */
  readonly appeal?: Statement & { readonly by: AccountId };
  readonly answer?: Statement;
}

const prefix = containerPrefix(MODERATION);
const AREA = { moderator: 0, mark: 1, target: 2, database: 3 } as const;
const key = (area: keyof typeof AREA, ...parts: Uint8Array[]): Uint8Array => concatBytes(prefix, Uint8Array.of(AREA[area]), ...parts);
const none: Uint8Array = new Uint8Array();

/** Value of entries that say all by their key. */
export const PRESENT: Uint8Array = Uint8Array.of(1);

/** Without the moderator: what all of them begin with. */
export function moderatorKey(moderator: AccountId = none): Uint8Array {
  return key('moderator', moderator);
}

/** What a moderator marks: `moderator ‖ id of the target`. Without the target: what all of it begins with. */
export function markKey(moderator: AccountId, target?: Target): Uint8Array {
  return key('mark', moderator, target === undefined ? none : targetId(target));
}

/** Entries of who marks a target: `id of the target ‖ moderator`. Without the moderator: what all of them begin with. */
export function markedByKey(target: Target, moderator: AccountId = none): Uint8Array {
  return key('target', targetId(target), moderator);
}

/** Entries of what is marked of a database, itself included: `database ‖ id of the target ‖ moderator`. Without target and moderator: what all of them begin with. */
export function markedInKey(database: DatabaseId, target?: Target, moderator: AccountId = none): Uint8Array {
  return key('database', database, target === undefined ? none : targetId(target), moderator);
}

export function moderatorToRecord({ description, uri, since }: ModeratorRecord): Uint8Array {
  return recordToBytes(new Map<string, Value>([['description', description], ['uri', uri], ['since', BigInt(since)]]));
}

/** @throws InvariantError on bytes that the container did not write */
export function moderatorFromRecord(record: Uint8Array): ModeratorRecord {
  const fields = recordFromBytes(record);
  return { description: fields.get('description') as string, uri: fields.get('uri') as string, since: Number(fields.get('since')) };
}

export function markToRecord({ target, reason, note, at, appeal, answer }: MarkRecord): Uint8Array {
  const binary = (bytes: Uint8Array): Binary => ({ kind: 'binary', bytes, subtype: 0 });
  const fields: [string, Value][] = [['target', binary(targetToBytes(target))], ['reason', reason], ['note', note], ['at', BigInt(at)]];
  if (appeal !== undefined) fields.push(['appeal', new Map<string, Value>([['by', binary(appeal.by)], ['text', appeal.text], ['at', BigInt(appeal.at)]])]);
  if (answer !== undefined) fields.push(['answer', new Map<string, Value>([['text', answer.text], ['at', BigInt(answer.at)]])]);
  return recordToBytes(new Map(fields));
}

/** @throws InvariantError on bytes that the container did not write */
export function markFromRecord(record: Uint8Array): MarkRecord {
  const fields = recordFromBytes(record);
  const target = targetFromBytes((fields.get('target') as Binary).bytes);
  invariant(target.ok, 'a mark is about a target');
  const statement = (said: Document): Statement => ({ text: said.get('text') as string, at: Number(said.get('at')) });
  const [appeal, answer] = [fields.get('appeal') as Document | undefined, fields.get('answer') as Document | undefined];
  return {
    target: target.value, reason: fields.get('reason') as string, note: fields.get('note') as string, at: Number(fields.get('at')),
    ...(appeal === undefined ? {} : { appeal: { by: (appeal.get('by') as Binary).bytes, ...statement(appeal) } }),
    ...(answer === undefined ? {} : { answer: statement(answer) }),
  };
}
