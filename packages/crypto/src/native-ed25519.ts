import { createRequire } from 'node:module';
import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes } from '@vsys/primitives';
import { passesEd25519Encoding, verifyEd25519Noble } from './ed25519-rule.ts';

interface Sodium {
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

const sodium = loadSodium();

function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)('sodium-native') as Sodium;
  } catch {
    // An optional dependency: without its prebuilt binary the portable rule serves, about 25 times slower.
    return undefined;
  }
}

/** Which back-end checks Ed25519 in this process. */
export const ed25519Backend: 'sodium' | 'noble' = sodium === undefined ? 'noble' : 'sodium';

/** The rule over libsodium, or undefined where the addon does not load. */
export const verifyEd25519Sodium: ((publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean) | undefined =
  sodium === undefined ? undefined : (publicKey, message, signature) =>
    // libsodium enforces the same rule; our own check of the bytes comes first so that an other build of it cannot widen it.
    passesEd25519Encoding(publicKey, signature) && sodium.crypto_sign_verify_detached(signature, message, publicKey);

export const verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean = verifyEd25519Sodium ?? verifyEd25519Noble;

export function ed25519PublicKeyNative(seed: Uint8Array): Uint8Array {
  if (sodium === undefined) return ed25519.getPublicKey(seed);
  const publicKey = new Uint8Array(32);
  sodium.crypto_sign_seed_keypair(publicKey, new Uint8Array(64), seed);
  return publicKey;
}

export function signEd25519Native(seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  if (sodium === undefined) return ed25519.sign(message, seed);
  const signature = new Uint8Array(64);
  sodium.crypto_sign_detached(signature, message, concatBytes(seed, publicKey));
  return signature;
}
