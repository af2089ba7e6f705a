import { type AccountId, type Verdict, accept, concatBytes, equalBytes, fromHex, refuse, toHex, utf8ToBytes } from '@vsys/primitives';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { base58Decode, base58Encode } from './base58.ts';
import { blake2b256, keccak256 } from '@vsys/crypto/hash';
import { KeyError } from './key-error.ts';
import { type KeyScheme, keySchemes, type PublicKey } from './key-scheme.ts';

const ADDRESS_VERSION = 5;
const ADDRESS_BYTES = 26;

/** Account ids that are remembered, about 250 bytes each: the same keys sign again and again. */
const ACCOUNTS_KNOWN_MAX = 16_384;
const accountsKnown = new Map<string, AccountId>();

/** keccak256(blake2b256(x)): the "secure hash" of V SYSTEMS. */
export function secureHash(bytes: Uint8Array): Uint8Array {
  return keccak256(blake2b256(bytes));
}

/**
 * One 20-byte id for every key scheme: of secp256k1 keys the Ethereum address, of the others the hash inside the V SYSTEMS address. A key
 * of another length, and one of secp256k1 that is no point of its curve, has none: strangers send such.
 */
export function accountOfPublicKey({ scheme, bytes }: PublicKey): Verdict<AccountId, 'KEY_PUBLIC'> {
  const { publicKeyBytes } = keySchemes[scheme];
  if (bytes.length !== publicKeyBytes) return refuse('KEY_PUBLIC', `a key of ${scheme} has ${publicKeyBytes} bytes, found ${bytes.length}`);
  const name = `${scheme === 'secp256k1' ? 'e' : 'v'}${toHex(bytes)}`;
  const known = accountsKnown.get(name);
  if (known !== undefined) return accept(known);
  const account = scheme === 'secp256k1' ? ethereumAddress(bytes) : secureHash(bytes).slice(0, 20);
  if (account === undefined) return refuse('KEY_PUBLIC', 'a key of secp256k1 is a compressed point of its curve, and these bytes are none');
  if (accountsKnown.size >= ACCOUNTS_KNOWN_MAX) accountsKnown.delete(accountsKnown.keys().next().value as string);
  accountsKnown.set(name, account);
  return accept(account);
}

function ethereumAddress(publicKey: Uint8Array): AccountId | undefined {
  try {
    return keccak256(secp256k1.Point.fromBytes(publicKey).toBytes(false).subarray(1)).slice(12);
  } catch {
    return undefined;
  }
}

/**
 * The same for a key that is known to be one.
 *
 * @throws KeyError `KEY_PUBLIC`
 */
export function accountIdFromPublicKey(scheme: KeyScheme, publicKey: Uint8Array): AccountId {
  const account = accountOfPublicKey({ scheme, bytes: publicKey });
  if (account.ok) return account.value;
  throw new KeyError(account.code, account.message);
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
