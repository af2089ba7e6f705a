/** What who administers says about the form of documents: tag 20. docs/spec/database.md, "Schemas". */
import { accept, type Verdict } from '@vsys/primitives';
import { decodeDocument, type Document, encodeDocument, isDocument, type Value } from '@vsys/data-format/value';
import { schemaFromDocument } from './collection-schema.ts';
import { headOf, payloadAbout, type Target } from './operation-head.ts';
import { malformed, type PayloadCode } from './payload-checks.ts';

/** Absent: documents of any form. */
export type SchemaOperation = Target & { readonly kind: 'setSchema'; readonly schema?: Document };

export const SCHEMA_TAG = { setSchema: 20 } as const;

/** What does not encode becomes a payload that the reader refuses. */
export function setSchemaPayload(target: Target, schema: Document | undefined): Uint8Array {
  const encoded = encodeDocument(new Map<string, Value>(schema === undefined ? [] : [['schema', schema]]));
  return payloadAbout(SCHEMA_TAG.setSchema, target, encoded.ok ? encoded.value : new Uint8Array());
}

/** @param payload - of a tag from 20 to 24 */
export function schemaOperationFromPayload(payload: Uint8Array): Verdict<SchemaOperation, PayloadCode> {
  if (payload[0] !== SCHEMA_TAG.setSchema) return malformed('its first byte names no operation');
  const head = headOf(payload);
  if (!head.ok) return head;
  const { rest, ...target } = head.value;
  const fields = decodeDocument(rest);
  if (!fields.ok) return malformed(`a schema is BSON: ${fields.message}`);
  if (fields.value.size === 0) return accept({ kind: 'setSchema', ...target });
  const schema = fields.value.get('schema');
  if (fields.value.size !== 1 || !isDocument(schema)) return malformed('setSchema holds one field, "schema", which is an object; or none');
  const read = schemaFromDocument(schema);
  return read.ok ? accept({ kind: 'setSchema', ...target, schema }) : read;
}
