/**
 * Ed25519 by WebCrypto, for many signatures at once: browsers check them natively and beside the page's own thread. It is used only where it judges by the one rule: the
 * encodings are looked at here, as for every back-end, and what remains in which libraries differ is tried on a signature that holds with the cofactor alone.
 */
import { fromHex } from '@vsys/primitives';
import { isCanonicalPoint, passesEd25519Encoding } from './ed25519-rule.ts';
import type { PublicKey } from './key-scheme.ts';

export interface SignatureToCheck {
  readonly publicKey: PublicKey;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** One verdict each, in their order. Malformed input is false, never an exception. */
export type VerifyMany = (items: readonly SignatureToCheck[]) => Promise<readonly boolean[]>;

/** What is used of WebCrypto, as types. */
interface Subtle {
  importKey(format: 'raw', key: Uint8Array, algorithm: 'Ed25519', extractable: boolean, usages: readonly ['verify']): Promise<unknown>;
  verify(algorithm: 'Ed25519', key: unknown, signature: Uint8Array, message: Uint8Array): Promise<boolean>;
}

/** Keys that are kept imported: those of the seats of a chain. */
const KEYS_MAX = 1_024;

/** One that holds by every rule (RFC 8032 §7.1), and two that hold by those that multiply with the cofactor, which ours does not. */
const PROBES: readonly (SignatureToCheck & { readonly holds: boolean })[] = [
  { publicKey: { scheme: 'ed25519', bytes: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c') }, message: fromHex('72'), signature: fromHex('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'), holds: true },
  { publicKey: { scheme: 'ed25519', bytes: fromHex('ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c') }, message: fromHex('6f6e652072756c65206f6e206576657279206261636b2d656e64'), signature: fromHex('24721ba993580dd8022f5517ff58867148e89d2e5fd7a59937b68c7d9690d4887ef6aec2d876d9890e950ecfa94d49d61e6de93257ed6aebd888f4174d4a7e0b'), holds: false },
  { publicKey: { scheme: 'ed25519', bytes: fromHex('fbb3211d177bccefd763d01a88f6473e43e5cf0a0740e44ab5c64460eefd4675') }, message: fromHex('6f6e652072756c65206f6e206576657279206261636b2d656e640000'), signature: fromHex('468689186cf7df2c6c940f58bfcf2e2879181c66c28278a725b12ebc4d34596bb4aea1213c9a40ffccd9ee4a5f77b18b18bb6921afd94b191d69700993163805'), holds: false },
];

/**
 * @param one - for the schemes that WebCrypto has not
 * @returns undefined where there is no WebCrypto, no Ed25519 in it, or one by another rule
 */
export async function openWebVerifier(one: (publicKey: PublicKey, message: Uint8Array, signature: Uint8Array) => boolean): Promise<VerifyMany | undefined> {
  const subtle = (globalThis as unknown as { readonly crypto?: { readonly subtle?: Subtle } }).crypto?.subtle;
  if (subtle === undefined) return undefined;
  const keys = new Map<string, Promise<unknown>>();
  const keyOf = (bytes: Uint8Array): Promise<unknown> => {
    const name = String.fromCharCode(...bytes);
    const known = keys.get(name) ?? subtle.importKey('raw', bytes.slice(), 'Ed25519', false, ['verify']);
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(name, known);
    return known;
  };
  const check = async ({ publicKey, message, signature }: SignatureToCheck): Promise<boolean> => {
    if (publicKey.scheme !== 'ed25519') return one(publicKey, message, signature);
    if (!passesEd25519Encoding(publicKey.bytes, signature) || !isCanonicalPoint(signature.subarray(0, 32))) return false;
    try {
      return await subtle.verify('Ed25519', await keyOf(publicKey.bytes), signature, message);
    } catch {
      // A key that is no point of the curve.
      return false;
    }
  };
  const judged = await Promise.all(PROBES.map(check));
  return judged.every((valid, i) => valid === PROBES[i]?.holds) ? (items) => Promise.all(items.map(check)) : undefined;
}
