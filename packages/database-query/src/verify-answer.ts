/** The client's side: nothing is taken from the node but proofs, and nothing is shown that they do not show. Browser-safe. */
import { accept, refuse, toHex, type Verdict } from '@vsys/primitives';
import { collectionFromRecord, collectionKey, type CollectionRecord, countFromRecord, countKey, documentFromRecord, documentKey, documentPrefix } from '@vsys/database/layout';
import type { StateRow } from '@vsys/state';
import { type ProofCode, type Shown, verifyKeys, verifyKeysPartly, verifyRange, verifyRangePartly } from '@vsys/state/proof';
import { type Answer, type CountQuery, type Query, type QueryCode, queryLimits, type VerifiedAnswer, type VerifiedCount } from './model.ts';
import { distinctIds, isFirstOfDocument, type MultikeyWalk } from './multikey-rows.ts';
import { noCollection } from './no-collection.ts';
import { type Plan, planCount, planQuery } from './plan.ts';

export type VerifyCode = QueryCode | ProofCode;

/**
 * @param stateRoot - of a verified header: 32 bytes
 * @returns the documents in order, or why the answer shows nothing. QUERY_NO_COLLECTION is a proven answer too
 */
export function verifyAnswer(stateRoot: Uint8Array, query: Query, answer: Answer): Verdict<VerifiedAnswer, VerifyCode> {
  if (answer.tombstones !== undefined) return notMinimal();
  const read = readAnswer(stateRoot, query, answer, false);
  if (!read.ok) return read;
  const { rows, multikey, ...rest } = read.value;
  const documents = rows.flatMap(({ key, shown }) => {
    const stored = documentFromRecord(shown.value as Uint8Array);
    // Each document once, where the walk meets it first. So a page may have fewer documents than rows, and a cursor all the same.
    return multikey === undefined || isFirstOfDocument(key, stored.document, multikey) ? [stored] : [];
  });
  return accept({ documents, ...rest });
}

/** A row of the walk, and what is shown of the document that it leads to. */
export interface AnswerRow {
  readonly key: Uint8Array;
  readonly idKey: Uint8Array;
  readonly shown: Shown;
}

export interface ReadAnswer extends Omit<VerifiedAnswer, 'documents'> {
  readonly rows: readonly AnswerRow[];
  /** Of an index by elements, along which a document may come several times. */
  readonly multikey: MultikeyWalk | undefined;
}

/** All rows that the proofs show, complete and in order; with `mayWithhold`, documents may be shown by their hashes. */
export function readAnswer(stateRoot: Uint8Array, query: Query, answer: Answer, mayWithhold: boolean): Verdict<ReadAnswer, VerifyCode> {
  const collection = verifyCollection(stateRoot, query, answer);
  if (!collection.ok) return collection;
  const plan = planQuery(collection.value, query);
  if (!plan.ok) return plan;
  const { explanation } = plan.value;
  const start = documentPrefix(query.database, query.collection).length;
  if (plan.value.kind === 'key') {
    const { key } = plan.value;
    if (answer.rangeProof.length > 0) return notMinimal();
    const found = verifyKeysPartly(stateRoot, [key], answer.documentsProof, mayWithhold);
    if (!found.ok) return found;
    const [shown] = found.value;
    return accept({ rows: shown === undefined ? [] : [{ key, idKey: key.slice(start), shown }], more: false, explanation, multikey: undefined });
  }
  const { bounds, limit, multikey, prefix } = plan.value;
  const isDocuments = explanation.via === 'collection';
  const found = verifyRangePartly(stateRoot, { ...bounds, limit, reverse: explanation.reverse }, answer.rangeProof, mayWithhold && isDocuments);
  if (!found.ok) return found;
  const { more } = found.value;
  const rows = isDocuments ? withoutMore(found.value.rows.map(({ key, ...shown }) => ({ key, idKey: key.slice(start), shown })), answer.documentsProof)
    : verifyDocuments(stateRoot, query, found.value.rows as readonly StateRow[], answer, mayWithhold);
  if (!rows.ok) return rows;
  const last = found.value.rows.at(-1);
  return accept({ rows: rows.value, more, explanation, multikey, ...(more && last !== undefined ? { cursor: last.key.slice(prefix.length) } : {}) });
}

export function verifyCount(stateRoot: Uint8Array, query: CountQuery, answer: Answer): Verdict<VerifiedCount, VerifyCode> {
  const collection = verifyCollection(stateRoot, query, answer);
  if (!collection.ok) return collection;
  if (query.filter.size === 0) {
    const record = verifyKey(stateRoot, countKey(query.database, query.collection), answer);
    return record.ok ? accept({ count: countFromRecord(record.value), explanation: { via: 'collection', reverse: false, equals: [], tier: 'proven' } }) : record;
  }
  const plan = planCount(collection.value, query);
  if (!plan.ok) return plan;
  const { explanation } = plan.value;
  if (plan.value.kind === 'key') {
    const record = verifyKey(stateRoot, plan.value.key, answer);
    return record.ok ? accept({ count: record.value === undefined ? 0n : 1n, explanation }) : record;
  }
  const found = verifyRows(stateRoot, plan.value, answer);
  if (!found.ok) return found;
  const spare = withoutMore(undefined, answer.documentsProof);
  if (!spare.ok) return spare;
  if (found.value.more) return refuse('QUERY_COUNT_MAX', `more than ${queryLimits.countMax} documents match, which one proof does not count; narrow the filter`);
  return accept({ count: BigInt(plan.value.multikey === undefined ? found.value.rows.length : distinctIds(found.value.rows).length), explanation });
}

function verifyCollection(stateRoot: Uint8Array, { database, collection: name }: CountQuery, answer: Answer): Verdict<CollectionRecord, VerifyCode> {
  const shown = verifyKeys(stateRoot, [collectionKey(database, name)], answer.collectionProof);
  if (!shown.ok) return shown;
  const record = shown.value[0];
  const collection = record === undefined ? undefined : collectionFromRecord(record);
  if (collection?.name === name) return accept(collection);
  const spare = answer.rangeProof.length + answer.documentsProof.length;
  return spare === 0 ? noCollection(name) : notMinimal();
}

function verifyKey(stateRoot: Uint8Array, key: Uint8Array, answer: Answer): Verdict<Uint8Array | undefined, VerifyCode> {
  if (answer.rangeProof.length > 0) return notMinimal();
  const shown = verifyKeys(stateRoot, [key], answer.documentsProof);
  return shown.ok ? accept(shown.value[0]) : shown;
}

function verifyRows(stateRoot: Uint8Array, { bounds, limit, explanation }: Extract<Plan, { kind: 'rows' }>, answer: Answer): ReturnType<typeof verifyRange> {
  return verifyRange(stateRoot, { ...bounds, limit, reverse: explanation.reverse }, answer.rangeProof);
}

/** An index row says where its document is; that it is there is shown under the same root. */
function verifyDocuments(stateRoot: Uint8Array, { database, collection }: Query, entries: readonly StateRow[], answer: Answer, mayWithhold: boolean): Verdict<readonly AnswerRow[], VerifyCode> {
  if (entries.length === 0) return withoutMore([], answer.documentsProof);
  const prefix = documentPrefix(database, collection);
  const ids = distinctIds(entries);
  const found = verifyKeysPartly(stateRoot, ids.map((idKey) => documentKey(prefix, idKey)), answer.documentsProof, mayWithhold);
  if (!found.ok) return found;
  const shownOf = new Map(ids.map((idKey, i) => [toHex(idKey), found.value[i]]));
  const rows = entries.flatMap(({ key, value: idKey }) => {
    const shown = shownOf.get(toHex(idKey));
    return shown === undefined ? [] : [{ key, idKey, shown }];
  });
  return rows.length === entries.length ? accept(rows) : refuse('PROOF_INCOMPLETE', 'an index names a document that the state does not have');
}

function withoutMore<T>(value: T, proof: Uint8Array): Verdict<T, VerifyCode> {
  return proof.length === 0 ? accept(value) : notMinimal();
}

function notMinimal(): Verdict<never, VerifyCode> {
  return refuse('PROOF_NOT_MINIMAL', 'the answer comes with a proof that the query does not need');
}
