import { type AccountId, type Verdict, accept, concatBytes, equalBytes, fromHex, refuse, toHex, utf8ToBytes } from '@vsys/primitives';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { base58Decode, base58Encode } from './base58.ts';
import { blake2b256, keccak256 } from '@vsys/crypto/hash';
import type { KeyScheme } from './key-scheme.ts';

const ADDRESS_VERSION = 5;
const ADDRESS_BYTES = 26;

/** keccak256(blake2b256(x)): the "secure hash" of V SYSTEMS. */
export function secureHash(bytes: Uint8Array): Uint8Array {
  return keccak256(blake2b256(bytes));
}

/**
 * One 20-byte id for every key scheme: of secp256k1 keys the Ethereum address, of the others the hash inside the V SYSTEMS address.
 * @param publicKey - 32 bytes, or 33 (compressed) for secp256k1
 */
export function accountIdFromPublicKey(scheme: KeyScheme, publicKey: Uint8Array): AccountId {
  const name = `${scheme}/${toHex(publicKey)}`;
  const known = accounts.get(name);
  if (known !== undefined) return known;
  const account = computeAccountId(scheme, publicKey);
  if (accounts.size >= ACCOUNTS_KEPT_MAX) accounts.delete(accounts.keys().next().value as string);
  accounts.set(name, account);
  return account;
}

/** Who sends once sends again, and the hashes of a key take longer than all else that is looked at in an envelope. */
const ACCOUNTS_KEPT_MAX = 10_000;
const accounts = new Map<string, AccountId>();

function computeAccountId(scheme: KeyScheme, publicKey: Uint8Array): AccountId {
  if (scheme !== 'secp256k1') return secureHash(publicKey).slice(0, 20);
  const uncompressed = secp256k1.Point.fromBytes(publicKey).toBytes(false);
  return keccak256(uncompressed.subarray(1)).slice(12);
}

/** @param network - one ASCII character, such as `T` */
export function accountToAddress(account: AccountId, network: string): string {
  const head = concatBytes(Uint8Array.of(ADDRESS_VERSION, network.charCodeAt(0)), account);
  return base58Encode(concatBytes(head, secureHash(head).subarray(0, 4)));
}

/** 0x and 40 digits, with the capitals of EIP-55 as a checksum. */
export function accountToHex(account: AccountId): string {
  const digits = toHex(account);
  const mask = toHex(keccak256(utf8ToBytes(digits)));
  return `0x${[...digits].map((digit, i) => (Number.parseInt(mask[i] as string, 16) >= 8 ? digit.toUpperCase() : digit)).join('')}`;
}

export type AddressCode = 'ADDRESS_FORM' | 'ADDRESS_CHECKSUM';

/** Reads either spelling: Base58 (also behind `address:`), or 0x-hex, whose capitals are checked when it has any. */
export function addressToAccount(text: string): Verdict<{ readonly account: AccountId; readonly network?: string }, AddressCode> {
  if (text.startsWith('0x')) {
    if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return refuse('ADDRESS_FORM', 'expected 0x and 40 hexadecimal digits');
    const account = fromHex(text);
    const mixed = /[a-f]/.test(text.slice(2)) && /[A-F]/.test(text);
    if (mixed && accountToHex(account) !== text) return refuse('ADDRESS_CHECKSUM', 'the capitals do not match: a digit was mistyped');
    return accept({ account });
  }
  const decoded = base58Decode(text.replace(/^address:/, ''));
  if (!decoded.ok) return refuse('ADDRESS_FORM', decoded.message);
  const bytes = decoded.value;
  if (bytes.length !== ADDRESS_BYTES || bytes[0] !== ADDRESS_VERSION) return refuse('ADDRESS_FORM', `expected ${ADDRESS_BYTES} bytes that begin with ${ADDRESS_VERSION}, found ${bytes.length}`);
  if (!equalBytes(secureHash(bytes.subarray(0, 22)).subarray(0, 4), bytes.subarray(22))) return refuse('ADDRESS_CHECKSUM', 'the checksum does not match: a character was mistyped');
  return accept({ account: bytes.slice(2, 22), network: String.fromCharCode(bytes[1] as number) });
}
