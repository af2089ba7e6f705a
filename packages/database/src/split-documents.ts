import { accept, refuse, type Verdict } from '@vsys/primitives';
import { databaseLimits, malformed, type PayloadCode } from './payload-checks.ts';

/** BSON documents one behind the other, each of which begins with its length: 1 to 1,000. What they are is not looked at. */
export function splitDocuments(bytes: Uint8Array): Verdict<readonly Uint8Array[], PayloadCode> {
  const documents: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (documents.length === databaseLimits.documentsPerOperationMax) return refuse('DB_LIMIT', `one operation is about at most ${databaseLimits.documentsPerOperationMax} documents`);
    const length = at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true) : 0;
    if (length < 5 || at + length > bytes.length) return malformed('a document is cut off');
    documents.push(bytes.subarray(at, (at += length)));
  }
  return documents.length === 0 ? malformed('it is about at least one document') : accept(documents);
}
