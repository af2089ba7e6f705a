/** Keys, accounts and signatures without any Node built-in: this entry also serves browsers. */
import { ed25519 } from '@noble/curves/ed25519.js';
import type { Random } from '@vsys/primitives';
import type { KeyScheme } from './key-scheme.ts';
import { type Ed25519Signing, type Signer, signerOf } from './signer-of.ts';

export { accountIdFromPublicKey, accountToAddress, accountToHex, addressToAccount } from './account.ts';
export type { AddressCode } from './account.ts';
export { KeyError } from './key-error.ts';
export type { KeyScheme, PublicKey } from './key-scheme.ts';
export type { Signer } from './signer-of.ts';
export { vsysSecretFromSeed } from './vsys-seed.ts';

const portable: Ed25519Signing = { publicKey: (seed) => ed25519.getPublicKey(seed), sign: (seed, _publicKey, message) => ed25519.sign(message, seed) };

/**
 * As `createSigner` of the main entry, with the same bytes, over the portable library.
 *
 * @throws KeyError `KEY_LENGTH`, `KEY_RANGE`
 */
export function createPortableSigner(scheme: KeyScheme, secret: Uint8Array, { random }: { random?: Random } = {}): Signer {
  return signerOf(portable, scheme, secret, random);
}
