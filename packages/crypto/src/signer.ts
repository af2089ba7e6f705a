import type { Random } from '@vsys/primitives';
import { ed25519PublicKeyNative, signEd25519Native } from './native-ed25519.ts';
import type { KeyScheme, PublicKey } from './key-scheme.ts';
import { type Ed25519Signing, publicKeyOf, type Signer, signerOf } from './signer-of.ts';
import { vsysSecretFromSeed } from './vsys-seed.ts';

export type { Signer } from './signer-of.ts';
export { vsysSecretFromSeed } from './vsys-seed.ts';

const native: Ed25519Signing = { publicKey: ed25519PublicKeyNative, sign: signEd25519Native };

/**
 * @param secret - 32 bytes: seed (ed25519), scalar (secp256k1) or Curve25519 private key (vsys)
 * @throws KeyError `KEY_LENGTH`, `KEY_RANGE`
 */
export function publicKeyFromSecret(scheme: KeyScheme, secret: Uint8Array): PublicKey {
  return publicKeyOf(native, scheme, secret);
}

/** @param options.random - only the vsys scheme draws from it */
export function createSigner(scheme: KeyScheme, secret: Uint8Array, { random }: { random?: Random } = {}): Signer {
  return signerOf(native, scheme, secret, random);
}

/**
 * The key that a V SYSTEMS wallet derives from its seed text, so that an existing seed keeps its address.
 * @param nonce - 0, 1, 2 … for the addresses of one wallet
 */
export function signerFromVsysSeed(seed: string, nonce: number, options?: { random?: Random }): Signer {
  return createSigner('vsys', vsysSecretFromSeed(seed, nonce), options);
}
