import { createRequire } from 'node:module';
import { hash as oneShotHash } from 'node:crypto';
import { concatBytes } from '@vsys/primitives';
import { blake2b256 as portableBlake2b256, sha256Pairs as portablePairs, tagPrefix } from './hash.ts';

/**
 * The same functions as `hash.ts`, faster: Node's one-shot hash, libsodium's BLAKE2b and the native batch hasher where they load. Node takes
 * this file for `@vsys/crypto/hash` as well.
 */
export { keccak256, tagPrefix } from './hash.ts';

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return nodeHash('sha256', parts);
}

export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return nodeHash('sha512', parts);
}

export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(tagPrefix(tag), ...parts);
}

/** Parts are put together here, where they fit: the memory for each small input would cost as much as its hash. */
const scratch = new Uint8Array(1_024);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > scratch.length) return concatBytes(...parts);
  let at = 0;
  for (const part of parts) {
    scratch.set(part, at);
    at += part.length;
  }
  return scratch.subarray(0, length);
}

function nodeHash(name: string, parts: readonly Uint8Array[]): Uint8Array {
  const digest = oneShotHash(name, joined(parts), 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}

interface Sodium {
  crypto_generichash(output: Uint8Array, input: Uint8Array): void;
}

// Both are optional dependencies: platforms without a prebuilt binary take the portable hashers.
const sodium = tryLoad(() => createRequire(import.meta.url)('sodium-native') as Sodium);
const hashTree = tryLoad(() => createRequire(import.meta.url)('@chainsafe/hashtree') as HashTree);

function tryLoad<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch {
    return undefined;
  }
}

export function blake2b256(...parts: readonly Uint8Array[]): Uint8Array {
  if (sodium === undefined) return portableBlake2b256(...parts);
  const output = new Uint8Array(32);
  sodium.crypto_generichash(output, concatBytes(...parts));
  return output;
}

interface HashTree {
  hashInto(input: Uint8Array, output: Uint8Array): void;
}

export function sha256Pairs(input: Uint8Array, output: Uint8Array): void {
  if (hashTree === undefined) portablePairs(input, output);
  else hashTree.hashInto(input, output);
}
