/** The client's side: nothing is taken from the node but proofs, and nothing is shown that they do not show. Browser-safe. */
import { accept, refuse, toHex, type Verdict } from '@vsys/primitives';
import { collectionFromRecord, collectionKey, type CollectionRecord, countFromRecord, countKey, documentFromRecord, documentKey, documentPrefix, type StoredDocument } from '@vsys/database/layout';
import { type ProofCode, verifyKeys, verifyRange } from '@vsys/state/proof';
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
  const collection = verifyCollection(stateRoot, query, answer);
  if (!collection.ok) return collection;
  const plan = planQuery(collection.value, query);
  if (!plan.ok) return plan;
  const { explanation } = plan.value;
  if (plan.value.kind === 'key') {
    const record = verifyKey(stateRoot, plan.value.key, answer);
    return record.ok ? accept({ documents: record.value === undefined ? [] : [documentFromRecord(record.value)], more: false, explanation }) : record;
  }
  const found = verifyRows(stateRoot, plan.value, answer);
  if (!found.ok) return found;
  const { rows, more } = found.value;
  if (plan.value.multikey !== undefined) return multikeyAnswer(stateRoot, query, plan.value, found.value, answer);
  const records = explanation.via === 'collection' ? withoutMore(rows.map(({ value }) => value), answer.documentsProof) : verifyDocuments(stateRoot, query, rows.map(({ value }) => value), answer);
  if (!records.ok) return records;
  const last = rows.at(-1);
  return accept({
    documents: records.value.map(documentFromRecord), more, explanation,
    ...(more && last !== undefined ? { cursor: last.key.slice(plan.value.prefix.length) } : {}),
  });
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

/** Each document once, where the walk meets it first. So a page may have fewer documents than rows, and a cursor all the same. */
function multikeyAnswer(stateRoot: Uint8Array, query: Query, { multikey, prefix, explanation }: Extract<Plan, { kind: 'rows' }>, { rows, more }: VerifiedRows, answer: Answer): Verdict<VerifiedAnswer, VerifyCode> {
  const ids = distinctIds(rows);
  const records = verifyDocuments(stateRoot, query, ids, answer);
  if (!records.ok) return records;
  const documents = new Map(ids.map((id, i) => [toHex(id), documentFromRecord(records.value[i] as Uint8Array)]));
  const last = rows.at(-1);
  const shown = rows.flatMap(({ key, value }) => {
    const stored = documents.get(toHex(value)) as StoredDocument;
    return isFirstOfDocument(key, stored.document, multikey as MultikeyWalk) ? [stored] : [];
  });
  return accept({ documents: shown, more, explanation, ...(more && last !== undefined ? { cursor: last.key.slice(prefix.length) } : {}) });
}

type VerifiedRows = Extract<ReturnType<typeof verifyRange>, { ok: true }>['value'];

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
function verifyDocuments(stateRoot: Uint8Array, { database, collection }: Query, idKeys: readonly Uint8Array[], answer: Answer): Verdict<readonly Uint8Array[], VerifyCode> {
  if (idKeys.length === 0) return withoutMore([], answer.documentsProof);
  const prefix = documentPrefix(database, collection);
  const shown = verifyKeys(stateRoot, idKeys.map((idKey) => documentKey(prefix, idKey)), answer.documentsProof);
  if (!shown.ok) return shown;
  const records = shown.value.filter((record) => record !== undefined);
  return records.length === idKeys.length ? accept(records) : refuse('PROOF_INCOMPLETE', 'an index names a document that the state does not have');
}

function withoutMore<T>(value: T, proof: Uint8Array): Verdict<T, VerifyCode> {
  return proof.length === 0 ? accept(value) : notMinimal();
}

function notMinimal(): Verdict<never, VerifyCode> {
  return refuse('PROOF_NOT_MINIMAL', 'the answer comes with a proof that the query does not need');
}
