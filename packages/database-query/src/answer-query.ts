import { accept, type Verdict } from '@vsys/primitives';
import type { StateView } from '@vsys/state';
import { collectionFromRecord, collectionKey, type CollectionRecord, countKey, documentKey, documentPrefix } from '@vsys/database/layout';
import type { Answer, CountQuery, Explanation, Query, QueryCode } from './model.ts';
import { distinctIds } from './multikey-rows.ts';
import { type Plan, planCount, planQuery, whyNotOthers } from './plan.ts';
import { noCollection } from './no-collection.ts';

const nothing = new Uint8Array();

/** Reads and proves an answer. A collection that is not there is proven too: the verifier says QUERY_NO_COLLECTION. */
export async function answerQuery(view: StateView, query: Query): Promise<Verdict<Answer, QueryCode>> {
  const { collection, collectionProof } = await proveCollection(view, query);
  if (collection === undefined) return accept({ collectionProof, rangeProof: nothing, documentsProof: nothing });
  const plan = planQuery(collection, query);
  if (!plan.ok) return plan;
  if (plan.value.kind === 'key') return accept({ collectionProof, rangeProof: nothing, documentsProof: await view.proveKeys([plan.value.key]) });
  const { rows, proof: rangeProof } = await proveRows(view, plan.value);
  if (plan.value.explanation.via === 'collection' || rows.length === 0) return accept({ collectionProof, rangeProof, documentsProof: nothing });
  const prefix = documentPrefix(query.database, query.collection);
  return accept({ collectionProof, rangeProof, documentsProof: await view.proveKeys(distinctIds(rows).map((idKey) => documentKey(prefix, idKey))) });
}

/** Without a filter the collection's own count is proven; with one, the rows of the range, of which there may be 65,536. */
export async function answerCount(view: StateView, query: CountQuery): Promise<Verdict<Answer, QueryCode>> {
  const { collection, collectionProof } = await proveCollection(view, query);
  if (collection === undefined) return accept({ collectionProof, rangeProof: nothing, documentsProof: nothing });
  if (query.filter.size === 0) return accept({ collectionProof, rangeProof: nothing, documentsProof: await view.proveKeys([countKey(query.database, query.collection)]) });
  const plan = planCount(collection, query);
  if (!plan.ok) return plan;
  if (plan.value.kind === 'key') return accept({ collectionProof, rangeProof: nothing, documentsProof: await view.proveKeys([plan.value.key]) });
  const { proof: rangeProof } = await proveRows(view, plan.value);
  return accept({ collectionProof, rangeProof, documentsProof: nothing });
}

/** How a query would be answered, without reading rows. */
export async function explainQuery(view: StateView, query: Query): Promise<Verdict<Explanation, QueryCode>> {
  const record = await view.get(collectionKey(query.database, query.collection));
  const collection = collectionOf(record, query.collection);
  if (collection === undefined) return noCollection(query.collection);
  const plan = planQuery(collection, query);
  return plan.ok ? accept({ ...plan.value.explanation, others: whyNotOthers(collection, query, plan.value.explanation.index) }) : plan;
}

async function proveCollection(view: StateView, { database, collection: name }: CountQuery): Promise<{ collection: CollectionRecord | undefined; collectionProof: Uint8Array }> {
  const key = collectionKey(database, name);
  const [record, collectionProof] = await Promise.all([view.get(key), view.proveKeys([key])]);
  return { collection: collectionOf(record, name), collectionProof };
}

/** Two names may share a place, of which the first one has it: the record tells. */
function collectionOf(record: Uint8Array | undefined, name: string): CollectionRecord | undefined {
  const collection = record === undefined ? undefined : collectionFromRecord(record);
  return collection?.name === name ? collection : undefined;
}

function proveRows(view: StateView, { bounds, limit, explanation }: Extract<Plan, { kind: 'rows' }>): ReturnType<StateView['proveRange']> {
  return view.proveRange({ ...bounds, limit, reverse: explanation.reverse });
}
