/** Signature checks without any Node built-in: this entry also serves browsers. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { verifyEd25519Noble } from './ed25519-rule.ts';
import { sha256 } from './hash.ts';
import type { PublicKey } from './key-scheme.ts';
import { verifyVsys } from './vsys-signature.ts';

export type { KeyScheme, PublicKey } from './key-scheme.ts';
export { passesEd25519Encoding, verifyEd25519Noble } from './ed25519-rule.ts';
export { openWebVerifier } from './web-ed25519.ts';
export type { SignatureToCheck, VerifyMany } from './web-ed25519.ts';

/** Compact, low S only, over sha256 of the message; keys compressed only, so that one key has one spelling. */
export function verifySecp256k1(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 33 || signature.length !== 64) return false;
  try {
    return secp256k1.verify(signature, sha256(message), publicKey, { prehash: false, lowS: true });
  } catch {
    // noble throws on a key that is no point; that is a refusal like any other.
    return false;
  }
}

/** True when the signature is valid under the scheme of the key. Malformed input is false, never an exception. */
export function verifySignature(publicKey: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  switch (publicKey.scheme) {
    case 'ed25519': return verifyEd25519Noble(publicKey.bytes, message, signature);
    case 'secp256k1': return verifySecp256k1(publicKey.bytes, message, signature);
    case 'vsys': return verifyVsys(publicKey.bytes, message, signature);
  }
}
