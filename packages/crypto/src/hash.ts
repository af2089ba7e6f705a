/** Hashes without any Node built-in: this entry also serves browsers. */
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, utf8ToBytes } from '@vsys/primitives';

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha256(parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts));
}

export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha512(concatBytes(...parts));
}

export function blake2b256(...parts: readonly Uint8Array[]): Uint8Array {
  return blake2b(concatBytes(...parts), { dkLen: 32 });
}

/** The original Keccak padding, as Ethereum and V SYSTEMS use it; not SHA3-256. */
export function keccak256(...parts: readonly Uint8Array[]): Uint8Array {
  return keccak_256(concatBytes(...parts));
}

const tagHashes = new Map<string, Uint8Array>();

/** sha256(sha256(tag) ‖ sha256(tag) ‖ parts), as BIP-340: hashes of one purpose can never be read as another's. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(tagPrefix(tag), ...parts);
}

/** The 64 bytes that a tag puts before what is hashed. Tags are constants of the code, so the table stays small. */
export function tagPrefix(tag: string): Uint8Array {
  const known = tagHashes.get(tag);
  if (known !== undefined) return known;
  const once = nobleSha256(utf8ToBytes(tag));
  const prefix = concatBytes(once, once);
  tagHashes.set(tag, prefix);
  return prefix;
}

/**
 * Hashes many Merkle nodes at once.
 *
 * @param input - n × 64 bytes: left and right of each
 * @param output - n × 32 bytes, written
 */
export function sha256Pairs(input: Uint8Array, output: Uint8Array): void {
  for (let i = 0; 64 * i < input.length; i++) output.set(nobleSha256(input.subarray(64 * i, 64 * i + 64)), 32 * i);
}
