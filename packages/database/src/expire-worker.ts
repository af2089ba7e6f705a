import { invariant } from '@vsys/primitives';
import type { StateAccess } from '@vsys/container';
import type { Document } from '@vsys/data-format/value';
import { applyChanges } from './apply-changes.ts';
import { DATABASE_PARAMS_KEY } from './database-params.ts';
import { depositKeys, DEPOSITS_ACCOUNT, type Place, sharesOf } from './deposits.ts';
import { documentBytes, documentFromRecord, metaFromRecord } from './document-record.ts';
import { entryValues } from './entry-values.ts';
import { expiringFromBytes } from './expiry.ts';
import { collectionFromRecord, collectionKey, countKey, databaseFromRecord, databaseKey, documentKey, documentPrefix, usageKey } from './layout.ts';
import type { IndexRecord } from './collection-record.ts';
import { WORK } from './work-kinds.ts';
import { addWork, type Worker, workKeys } from './work-queue.ts';

/** Nobody pays at the end of a block: what it does is bounded by its steps. */
const NO_GAS = { used: 0n, charge(): void {} };

/** Deletes the document when its height has come; else waits on, until then. One that is gone, or stays by now, needs nothing. */
export const expireWorker: Worker = {
  needs(payload) {
    const { database, collection } = expiringFromBytes(payload);
    return [databaseKey(database), collectionKey(database, collection), countKey(database, collection), usageKey(database), keyOf(payload), DATABASE_PARAMS_KEY];
  },
  needsThen(payload, state) {
    const [place, record] = [placeOf(payload, state), state.get(keyOf(payload))];
    if (place === undefined || record === undefined) return [];
    const meta = metaFromRecord(record);
    const shares = sharesOf(meta);
    return [...(meta.expires === undefined ? [] : workKeys(meta.expires)), ...(shares.length === 0 ? [] : depositKeys(place, shares.map(({ payer }) => payer)))];
  },
  run(payload, { block, state }) {
    const place = placeOf(payload, state);
    const key = keyOf(payload);
    const record = place === undefined ? undefined : state.get(key);
    if (place === undefined || record === undefined) return { steps: 1 };
    const { version, document, meta } = documentFromRecord(record);
    if (meta.expires === undefined) return { steps: 1 };
    if (meta.expires > block.height) {
      addWork(state, block, meta.expires, { kind: WORK.expireDocument, payload });
      return { steps: 3 };
    }
    const { idKey } = expiringFromBytes(payload);
    const gone = applyChanges([{ key, idKey, version, before: document, bytesBefore: documentBytes(record).length, metaBefore: meta }], place, { state, block, gas: NO_GAS, payer: DEPOSITS_ACCOUNT });
    invariant(gone.ok, 'a document goes whatever there is');
    return { steps: 3 + entriesOf(document, place.collectionRecord.indexes) + 5 * sharesOf(meta).length };
  },
};

/** At least one for each index: it is looked into. */
function entriesOf(document: Document, indexes: readonly IndexRecord[]): number {
  return indexes.reduce((sum, index) => {
    const values = entryValues(index, document);
    return sum + (values.ok ? Math.max(1, values.value.length) : 1);
  }, 0);
}

function keyOf(payload: Uint8Array): Uint8Array {
  const { database, collection, idKey } = expiringFromBytes(payload);
  return documentKey(documentPrefix(database, collection), idKey);
}

/** Undefined: the collection is gone. */
function placeOf(payload: Uint8Array, state: StateAccess): Place | undefined {
  const { database, collection } = expiringFromBytes(payload);
  const [databaseRecord, collectionRecord] = [state.get(databaseKey(database)), state.get(collectionKey(database, collection))];
  if (databaseRecord === undefined || collectionRecord === undefined) return undefined;
  return { database, collection, databaseRecord: databaseFromRecord(databaseRecord), collectionRecord: collectionFromRecord(collectionRecord) };
}
