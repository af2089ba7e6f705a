/** Answers of a node, checked under the state root of a verified header. What comes out is what the proofs show, and nothing else of the answer. */
import { accept, type AccountId, compareBytes, type Refusal, refuse, type Verdict } from '@vsys/primitives';
import { type Answer, answerFromJson, type AnswerJson, type CountQuery, type Query, type VerifiedAnswer, type VerifiedCount, verifyAnswer, verifyCount } from '@vsys/database-query/verify';
import { type ChangesProof, type ChangesRange, type StateChange, verifyChanges, verifyKeys } from '@vsys/state/proof';
import { balanceKey, numberFromRecord, sequenceKey } from '@vsys/transaction/layout';
import type { BlockRefJson } from '../contract.ts';
import type { CallOptions } from './http-call.ts';
import type { VerifiedHeaders } from './verified-headers.ts';

export interface AskOptions extends CallOptions {
  /** Height of a canonical block that state is read at; absent: the head of the node. */
  readonly at?: number | undefined;
}

/** An answer as it came, which others can check too. */
export interface FoundRaw {
  readonly block: BlockRefJson;
  readonly answer: AnswerJson;
}

/** The block after which it is so, and the length of the proofs that show it. */
interface Shown {
  readonly block: BlockRefJson;
  readonly proofBytes: number;
}

export interface Found extends VerifiedAnswer, Shown {}
export interface Counted extends VerifiedCount, Shown {}

export interface AccountState {
  /** Atomic units. */
  readonly balance: bigint;
  /** Next one of the lane. */
  readonly sequence: bigint;
  readonly block: BlockRefJson;
}

/** What keys of the state hold. */
export interface ProvenValues extends Shown {
  /** In the order of the keys; undefined for what is proven not to be there. */
  readonly values: readonly (Uint8Array | undefined)[];
}

export interface ProvenKeys {
  readonly block: BlockRefJson;
  readonly proof: Uint8Array;
}

/** What is other after `block` than it was after `since`. */
export interface ProvenChanges extends Shown {
  readonly since: BlockRefJson;
  /** In order of their keys. */
  readonly changes: readonly StateChange[];
  /** Where the answer ends, when there are more: they begin at this key. */
  readonly end: Uint8Array | undefined;
}

export interface ChangesRaw {
  readonly block: BlockRefJson;
  readonly since: BlockRefJson;
  readonly proof: ChangesProof;
  readonly end: Uint8Array | undefined;
}

export function verifyDiff(headers: VerifiedHeaders, { from, to }: ChangesRange, { block, since, proof, end }: ChangesRaw): Verdict<ProvenChanges> {
  const [root, earlier] = [headers.stateRoot(block), headers.stateRoot(since)];
  if (root === undefined) return behind(headers, block);
  if (earlier === undefined) return behind(headers, since);
  if (end !== undefined && (compareBytes(end, from) <= 0 || (to !== undefined && compareBytes(end, to) >= 0))) return refuse('CLIENT_BAD_ANSWER', 'the answer ends at a key that is not in the range');
  const upTo = end ?? to;
  const shown = verifyChanges(earlier, root, { from, ...(upTo === undefined ? {} : { to: upTo }) }, proof);
  return shown.ok ? accept({ changes: shown.value, block, since, end, proofBytes: proof.before.length + proof.after.length }) : notShown(shown, block);
}

export function verifyFound(headers: VerifiedHeaders, query: Query, raw: FoundRaw): Verdict<Found> {
  return verifyDatabaseAnswer(headers, raw, (stateRoot, answer) => verifyAnswer(stateRoot, query, answer));
}

export function verifyCounted(headers: VerifiedHeaders, query: CountQuery, raw: FoundRaw): Verdict<Counted> {
  return verifyDatabaseAnswer(headers, raw, (stateRoot, answer) => verifyCount(stateRoot, query, answer));
}

export function accountKeys(account: AccountId, lane: number): readonly Uint8Array[] {
  return [balanceKey(account), sequenceKey(account, lane)];
}

export function verifyValues(headers: VerifiedHeaders, keys: readonly Uint8Array[], { block, proof }: ProvenKeys): Verdict<ProvenValues> {
  const stateRoot = headers.stateRoot(block);
  if (stateRoot === undefined) return behind(headers, block);
  const shown = verifyKeys(stateRoot, keys, proof);
  return shown.ok ? accept({ values: shown.value, block, proofBytes: proof.length }) : notShown(shown, block);
}

/** @param values - of `accountKeys` */
export function accountOf({ values, block }: ProvenValues): AccountState {
  const [balance, sequence] = values.map(numberFromRecord) as [bigint, bigint];
  return { balance, sequence, block };
}

function verifyDatabaseAnswer<T extends object>(headers: VerifiedHeaders, { block, answer: json }: FoundRaw, verify: (stateRoot: Uint8Array, answer: Answer) => Verdict<T>): Verdict<T & Shown> {
  const stateRoot = headers.stateRoot(block);
  if (stateRoot === undefined) return behind(headers, block);
  const answer = answerFromJson(json);
  if (!answer.ok) return refuse('CLIENT_BAD_ANSWER', answer.message);
  const shown = verify(stateRoot, answer.value);
  if (shown.ok) return accept({ ...shown.value, block, proofBytes: Object.values(answer.value).reduce((sum, { length }) => sum + length, 0) });
  // The others tell of the question, under a collection record that was shown.
  return shown.code.startsWith('PROOF_') ? notShown(shown, block) : shown;
}

function notShown({ code, message }: Refusal, block: BlockRefJson): Refusal {
  return refuse('CLIENT_PROOF_FAILED', `nothing is shown under the header of height ${block.height}: ${message}`, { reason: code, block });
}

function behind(headers: VerifiedHeaders, block: BlockRefJson): Refusal {
  const { tip } = headers.followed;
  return refuse('CLIENT_BEHIND', `the answer is of a block at height ${block.height} that is not among the verified headers, which go to ${tip.height}`, { block, tip });
}
