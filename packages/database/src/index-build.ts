/** How far an index on a filled collection has come, in the collection's record. docs/spec/database.md, "Building an index". */
import type { Document, Value } from '@vsys/data-format/value';
import { compareBytes } from '@vsys/primitives';

export interface IndexBuild {
  /** Key of the last `_id` that was looked at; no bytes before the first. */
  readonly cursor: Uint8Array;
  /** Documents that were looked at. */
  readonly built: bigint;
  /** Documents of the collection when the build began. */
  readonly total: bigint;
}

export interface IndexFailure {
  /** As an insert of the document would have been refused. */
  readonly code: string;
  /** `_id` of the document, and of the one that has its values already. */
  readonly ids: readonly Value[];
}

/** Absent: the index holds what it should. */
export interface IndexStanding {
  readonly building?: IndexBuild;
  readonly failed?: IndexFailure;
}

export function standingFields({ building, failed }: IndexStanding): readonly (readonly [string, Value])[] {
  return [
    ...(building === undefined ? [] : [['building', new Map<string, Value>([['cursor', { kind: 'binary', bytes: building.cursor, subtype: 0 }], ['built', building.built], ['total', building.total]])] as const]),
    ...(failed === undefined ? [] : [['failed', new Map<string, Value>([['code', failed.code], ['ids', [...failed.ids]]])] as const]),
  ];
}

export function standingFrom(index: Document): IndexStanding {
  const [building, failed] = [index.get('building') as Document | undefined, index.get('failed') as Document | undefined];
  return {
    ...(building === undefined ? {} : { building: { cursor: (building.get('cursor') as { bytes: Uint8Array }).bytes, built: building.get('built') as bigint, total: building.get('total') as bigint } }),
    ...(failed === undefined ? {} : { failed: { code: failed.get('code') as string, ids: failed.get('ids') as readonly Value[] } }),
  };
}

/** Whether a change of a document is the index's business: a build has not come to it yet, or has failed. */
export function isBuiltFor({ building, failed }: IndexStanding, idKey: Uint8Array): boolean {
  return failed === undefined && (building === undefined || compareBytes(idKey, building.cursor) <= 0);
}
