import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type AccountId, type Random, systemRandom } from '@vsys/primitives';
import { accountIdFromPublicKey } from './account.ts';
import { sha256 } from './hash.ts';
import { KeyError } from './key-error.ts';
import type { KeyScheme, PublicKey } from './key-scheme.ts';
import { signVsys, vsysPublicKey } from './vsys-signature.ts';

export interface Signer {
  readonly publicKey: PublicKey;
  readonly account: AccountId;
  /** @returns 64 bytes */
  sign(message: Uint8Array): Uint8Array;
}

/** Ed25519 is the one scheme of which there are two back-ends, with the same bytes. */
export interface Ed25519Signing {
  publicKey(seed: Uint8Array): Uint8Array;
  sign(seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array): Uint8Array;
}

/** @throws KeyError `KEY_LENGTH`, `KEY_RANGE` */
export function publicKeyOf(ed25519: Ed25519Signing, scheme: KeyScheme, secret: Uint8Array): PublicKey {
  if (secret.length !== 32) throw new KeyError('KEY_LENGTH', `a secret has 32 bytes, found ${secret.length}`);
  if (scheme === 'secp256k1' && !secp256k1.utils.isValidSecretKey(secret)) throw new KeyError('KEY_RANGE', 'a secret of secp256k1 is a number from 1 to below the order of the group');
  switch (scheme) {
    case 'ed25519': return { scheme, bytes: ed25519.publicKey(secret) };
    case 'secp256k1': return { scheme, bytes: secp256k1.getPublicKey(secret, true) };
    case 'vsys': return { scheme, bytes: vsysPublicKey(secret) };
  }
}

export function signerOf(ed25519: Ed25519Signing, scheme: KeyScheme, secret: Uint8Array, random: Random = systemRandom): Signer {
  const key = secret.slice();
  const publicKey = publicKeyOf(ed25519, scheme, key);
  return {
    publicKey,
    account: accountIdFromPublicKey(scheme, publicKey.bytes),
    sign(message) {
      switch (scheme) {
        case 'ed25519': return ed25519.sign(key, publicKey.bytes, message);
        case 'secp256k1': return secp256k1.sign(sha256(message), key, { prehash: false, lowS: true });
        case 'vsys': return signVsys(key, message, random.bytes(64));
      }
    },
  };
}
