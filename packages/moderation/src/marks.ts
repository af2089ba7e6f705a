import { type AccountId, accept, equalBytes, refuse, toHex, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { databaseFromRecord, databaseKey, documentFromRecord, documentKey, documentPrefix } from '@vsys/database/layout';
import { markedByKey, markedInKey, markFromRecord, markKey, type MarkRecord, markToRecord, moderatorFromRecord, moderatorKey, moderatorToRecord, PRESENT } from './layout.ts';
import { moderationGas } from './limits.ts';
import type { ModerationOperation } from './operation.ts';
import type { Target } from './target.ts';

export type MarkCode = 'MODERATION_NO_MODERATOR' | 'MODERATION_MARKED' | 'MODERATION_NO_MARK' | 'MODERATION_NOT_PARTY' | 'MODERATION_APPEALED' | 'MODERATION_NO_APPEAL' | 'MODERATION_ANSWERED';

type Of<Kind extends ModerationOperation['kind']> = Extract<ModerationOperation, { kind: Kind }>;

/** The actor is a moderator from now on, or says another thing of itself. Who honours its marks is for others to say. */
export function describe({ description, uri }: Of<'describe'>, context: OperationContext): Verdict<void, never> {
  const { actor, block, state } = context;
  const before = state.get(moderatorKey(actor));
  write(moderatorKey(actor), moderatorToRecord({ description, uri, since: before === undefined ? block.height : moderatorFromRecord(before).since }), context);
  return accept(undefined);
}

export function mark({ target, reason, note }: Of<'mark'>, context: OperationContext): Verdict<void, MarkCode> {
  const { actor, block, state } = context;
  if (state.get(moderatorKey(actor)) === undefined) return refuse('MODERATION_NO_MODERATOR', `${toHex(actor)} has not described itself as a moderator`);
  if (state.get(markKey(actor, target)) !== undefined) return refuse('MODERATION_MARKED', 'the moderator marks this already; unmark it to give another reason');
  write(markKey(actor, target), markToRecord({ target, reason, note, at: block.height }), context);
  for (const key of entriesOf(target, actor)) write(key, PRESENT, context);
  return accept(undefined);
}

/** Also what the marked data was may be gone: nothing but the mark is looked at. */
export function unmark({ target }: Of<'unmark'>, context: OperationContext): Verdict<void, MarkCode> {
  const { actor, state, gas } = context;
  const found = markOf(actor, target, context);
  if (!found.ok) return found;
  const keys = [markKey(actor, target), ...entriesOf(target, actor)];
  gas.charge(moderationGas.keyWrite * BigInt(keys.length));
  for (const key of keys) state.set(key, undefined);
  return accept(undefined);
}

/** Once for each mark: what there is to say is said, and the moderator answers it or does not. */
export function appeal({ moderator, target, text }: Of<'appeal'>, context: OperationContext): Verdict<void, MarkCode> {
  const { actor, block } = context;
  const found = markOf(moderator, target, context);
  if (!found.ok) return found;
  if (!isParty(target, context)) return refuse('MODERATION_NOT_PARTY', 'who appeals is the person that is marked, or owns what is');
  if (found.value.appeal !== undefined) return refuse('MODERATION_APPEALED', `there is an appeal of height ${found.value.appeal.at}`, { at: found.value.appeal.at });
  write(markKey(moderator, target), markToRecord({ ...found.value, appeal: { by: actor, text, at: block.height } }), context);
  return accept(undefined);
}

/** Says why the mark stays; one that does not is taken off, in the same transaction or later. */
export function answer({ target, text }: Of<'answer'>, context: OperationContext): Verdict<void, MarkCode> {
  const { actor, block } = context;
  const found = markOf(actor, target, context);
  if (!found.ok) return found;
  if (found.value.appeal === undefined) return refuse('MODERATION_NO_APPEAL', 'nobody appealed against this mark');
  if (found.value.answer !== undefined) return refuse('MODERATION_ANSWERED', `it was answered at height ${found.value.answer.at}`, { at: found.value.answer.at });
  write(markKey(actor, target), markToRecord({ ...found.value, answer: { text, at: block.height } }), context);
  return accept(undefined);
}

/** Who may appeal: of a document its own owner too, where it has one. */
function isParty(target: Target, { actor, state }: OperationContext): boolean {
  if (target.kind === 'person') return equalBytes(target.account, actor);
  const keys = partyKeys(target);
  state.need(keys);
  const [database, document] = keys.map((key) => state.get(key));
  const owners: (AccountId | undefined)[] = [database && databaseFromRecord(database).owner, document && documentFromRecord(document).meta.owner];
  return owners.some((owner) => owner !== undefined && equalBytes(owner, actor));
}

/** Records that tell who owns what is marked. */
export function partyKeys(target: Target): readonly Uint8Array[] {
  if (target.kind === 'person') return [];
  return [databaseKey(target.database), ...(target.kind === 'document' ? [documentKey(documentPrefix(target.database, target.collection), target.idKey)] : [])];
}

function entriesOf(target: Target, moderator: AccountId): readonly Uint8Array[] {
  return [markedByKey(target, moderator), ...(target.kind === 'person' ? [] : [markedInKey(target.database, target, moderator)])];
}

function markOf(moderator: AccountId, target: Target, { state }: OperationContext): Verdict<MarkRecord, MarkCode> {
  const record = state.get(markKey(moderator, target));
  return record === undefined ? refuse('MODERATION_NO_MARK', `${toHex(moderator)} does not mark this`) : accept(markFromRecord(record));
}

function write(key: Uint8Array, value: Uint8Array, { state, gas }: OperationContext): void {
  gas.charge(moderationGas.keyWrite + moderationGas.storedByte * BigInt(value.length));
  state.set(key, value);
}
