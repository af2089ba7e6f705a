import { invariant } from '@vsys/primitives';
import { type Document, decodeDocument, encodeDocument } from '@vsys/data-format/value';

export function recordToBytes(document: Document): Uint8Array {
  const bytes = encodeDocument(document);
  invariant(bytes.ok, 'a record of the catalogue does not encode');
  return bytes.value;
}

/** Records were written by this container, or shown to be in its state. */
export function recordFromBytes(bytes: Uint8Array): Document {
  const document = decodeDocument(bytes);
  invariant(document.ok, 'a record of the database does not decode');
  return document.value;
}
