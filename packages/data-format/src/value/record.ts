import { invariant } from '@vsys/primitives';
import { decodeDocument, encodeDocument } from './bson.ts';
import type { Document } from './value.ts';

/**
 * Bytes of a record of state: a document whose fields a container made and bounded itself.
 *
 * @throws InvariantError for what is no document within the limits, as a container makes none
 */
export function recordToBytes(document: Document): Uint8Array {
  const bytes = encodeDocument(document);
  invariant(bytes.ok, 'a record does not encode');
  return bytes.value;
}

/**
 * A record that was written by its container, or shown to be in its state.
 *
 * @throws InvariantError on bytes that `recordToBytes` did not make
 */
export function recordFromBytes(bytes: Uint8Array): Document {
  const document = decodeDocument(bytes);
  invariant(document.ok, 'a record does not decode');
  return document.value;
}
