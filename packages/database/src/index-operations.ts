/** Operations about indexes of a collection that is there: tags 25 to 29. docs/spec/database.md, "Building an index". */
import { utf8ToBytes, accept, type Verdict } from '@vsys/primitives';
import { headOf, nameFrom, payloadAbout, type Target } from './operation-head.ts';
import { malformed, type PayloadCode } from './payload-checks.ts';

export type IndexOperation = Target & { readonly kind: 'dropIndex'; readonly name: string };

export const INDEX_TAG = { dropIndex: 25 } as const;

/** @param payload - of a tag from 25 to 29 */
export function indexOperationFromPayload(payload: Uint8Array): Verdict<IndexOperation, PayloadCode> {
  if (payload[0] !== INDEX_TAG.dropIndex) return malformed('its first byte names no operation');
  const head = headOf(payload);
  if (!head.ok) return head;
  const { rest, ...target } = head.value;
  const name = nameFrom(rest, 'index');
  return name.ok ? accept({ kind: 'dropIndex', ...target, name: name.value }) : name;
}

export function dropIndexPayload(target: Target, name: string): Uint8Array {
  return payloadAbout(INDEX_TAG.dropIndex, target, utf8ToBytes(name));
}
