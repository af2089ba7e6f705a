import type { BlockRefJson } from '@vsys/rpc';
import type { Proof } from './read-rows.ts';

/** What the chain knows of a document beside its fields. */
export interface Stamp {
  /** From 1; one more with each change. For `ifVersion`. Undefined where the node only claimed the document. */
  readonly version: bigint | undefined;
  /** Block of the last change. Undefined where the node only claimed the document. */
  readonly height: number | undefined;
  /** The block after which it was read. */
  readonly block: BlockRefJson;
  readonly proof: Proof;
}

/** Beside the documents and not in them: their fields are their owner's. */
const stamps = new WeakMap<object, Stamp>();

export function stamp<T extends object>(document: T, of: Stamp): T {
  stamps.set(document, of);
  return document;
}

/** Of a document that a read of this package gave; undefined for a copy of one, and for any other object. */
export function stampOf(document: object): Stamp | undefined {
  return stamps.get(document);
}
