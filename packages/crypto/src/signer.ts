import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type AccountId, type Random, systemRandom, utf8ToBytes } from '@vsys/primitives';
import { accountIdFromPublicKey, secureHash } from './account.ts';
import { sha256 } from './hash.ts';
import { KeyError } from './key-error.ts';
import { ed25519PublicKeyNative, signEd25519Native } from './native-ed25519.ts';
import type { KeyScheme, PublicKey } from './key-scheme.ts';
import { clampVsysSecret, signVsys, vsysPublicKey } from './vsys-signature.ts';

export interface Signer {
  readonly publicKey: PublicKey;
  readonly account: AccountId;
  /** @returns 64 bytes */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * @param secret - 32 bytes: seed (ed25519), scalar (secp256k1) or Curve25519 private key (vsys)
 * @throws KeyError `KEY_LENGTH`, `KEY_RANGE`
 */
export function publicKeyFromSecret(scheme: KeyScheme, secret: Uint8Array): PublicKey {
  if (secret.length !== 32) throw new KeyError('KEY_LENGTH', `a secret has 32 bytes, found ${secret.length}`);
  if (scheme === 'secp256k1' && !secp256k1.utils.isValidSecretKey(secret)) throw new KeyError('KEY_RANGE', 'a secret of secp256k1 is a number from 1 to below the order of the group');
  switch (scheme) {
    case 'ed25519': return { scheme, bytes: ed25519PublicKeyNative(secret) };
    case 'secp256k1': return { scheme, bytes: secp256k1.getPublicKey(secret, true) };
    case 'vsys': return { scheme, bytes: vsysPublicKey(secret) };
  }
}

/** @param options.random - only the vsys scheme draws from it */
export function createSigner(scheme: KeyScheme, secret: Uint8Array, { random = systemRandom }: { random?: Random } = {}): Signer {
  const key = secret.slice();
  const publicKey = publicKeyFromSecret(scheme, key);
  return {
    publicKey,
    account: accountIdFromPublicKey(scheme, publicKey.bytes),
    sign(message) {
      switch (scheme) {
        case 'ed25519': return signEd25519Native(key, publicKey.bytes, message);
        case 'secp256k1': return secp256k1.sign(sha256(message), key, { prehash: false, lowS: true });
        case 'vsys': return signVsys(key, message, random.bytes(64));
      }
    },
  };
}

/**
 * The key that a V SYSTEMS wallet derives from its seed text, so that an existing seed keeps its address.
 * @param nonce - 0, 1, 2 … for the addresses of one wallet
 */
export function signerFromVsysSeed(seed: string, nonce: number, options?: { random?: Random }): Signer {
  return createSigner('vsys', vsysSecretFromSeed(seed, nonce), options);
}

/** The 32 secret bytes of `signerFromVsysSeed`, for who has to store the key rather than the seed. */
export function vsysSecretFromSeed(seed: string, nonce: number): Uint8Array {
  const accountSeed = secureHash(utf8ToBytes(`${nonce}${seed}`));
  return clampVsysSecret(sha256(accountSeed));
}
