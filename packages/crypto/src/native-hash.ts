import { createRequire } from 'node:module';
import { hash as oneShotHash } from 'node:crypto';
import { concatBytes } from '@vsys/primitives';
import { sha256Pairs as portablePairs, tagPrefix } from './hash.ts';

/** The same functions as `hash.ts`, faster: Node's one-shot hash, and the native batch hasher where it loads. */

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = oneShotHash('sha256', parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts), 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}

export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(tagPrefix(tag), ...parts));
}

interface HashTree {
  hashInto(input: Uint8Array, output: Uint8Array): void;
}

const hashTree = loadHashTree();

function loadHashTree(): HashTree | undefined {
  try {
    return createRequire(import.meta.url)('@chainsafe/hashtree') as HashTree;
  } catch {
    // An optional dependency: platforms without a prebuilt binary take the portable hasher.
    return undefined;
  }
}

export function sha256Pairs(input: Uint8Array, output: Uint8Array): void {
  if (hashTree === undefined) portablePairs(input, output);
  else hashTree.hashInto(input, output);
}
