import { equalBytes, fromHex, toHex } from '@vsys/primitives';
import type { AccountId } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';

/** Who seals or votes under a rule that names its authorities: the account acts in transactions, the key on the server signs. */
export interface Authority {
  readonly account: AccountId;
  /** Ed25519 public key, 32 bytes. */
  readonly key: Uint8Array;
}

const AUTHORITY_BYTES = 20 + 32;

/** Count u16, then per authority account (20), key (32). Big-endian. Does not check: see `problemOfAuthorities`. */
export function authoritiesToBytes(list: readonly Authority[]): Uint8Array {
  const bytes = new Uint8Array(2 + list.length * AUTHORITY_BYTES);
  new DataView(bytes.buffer).setUint16(0, list.length);
  list.forEach(({ account, key }, i) => {
    bytes.set(account, 2 + i * AUTHORITY_BYTES);
    bytes.set(key, 22 + i * AUTHORITY_BYTES);
  });
  return bytes;
}

/** Undefined when the bytes are not exactly one list. Its members are not checked. */
export function authoritiesFromBytes(bytes: Uint8Array): readonly Authority[] | undefined {
  const count = bytes.length < 2 ? -1 : ((bytes[0] as number) << 8) | (bytes[1] as number);
  if (count < 0 || bytes.length !== 2 + count * AUTHORITY_BYTES) return undefined;
  return Array.from({ length: count }, (_, i) => {
    const at = 2 + i * AUTHORITY_BYTES;
    return { account: bytes.slice(at, at + 20), key: bytes.slice(at + 20, at + AUTHORITY_BYTES) };
  });
}

/** What is wrong with a list, for people: how many there are, lengths, and that no account and no key is there twice. */
export function problemOfAuthorities(list: readonly Authority[], name: string, max: number): string | undefined {
  if (list.length < 1 || list.length > max) return `${name}: expected 1 to ${max}, found ${list.length}`;
  const taken = new Set<string>();
  for (const [i, { account, key }] of list.entries()) {
    if (account.length !== 20) return `${name}[${i}].account: expected 20 bytes, found ${account.length}`;
    if (key.length !== 32) return `${name}[${i}].key: expected 32 bytes, found ${key.length}`;
    // One key at two places would count twice towards a quorum.
    for (const one of [`account ${toHex(account)}`, `key ${toHex(key)}`]) {
      if (taken.has(one)) return `${name}: ${one} is listed twice`;
      taken.add(one);
    }
  }
  return undefined;
}

/** `[{ account, key }]` with bytes in hexadecimal; a string says what is wrong. */
export function authoritiesFromJson(json: unknown, name: string): readonly Authority[] | string {
  if (!Array.isArray(json)) return `${name}: expected a list`;
  const list: Authority[] = [];
  for (const [i, one] of (json as readonly unknown[]).entries()) {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return `${name}[${i}]: expected an object`;
    const account = hexOf((one as { readonly account?: unknown }).account, 20);
    const key = hexOf((one as { readonly key?: unknown }).key, 32);
    if (account === undefined) return `${name}[${i}].account: expected 40 hexadecimal digits`;
    if (key === undefined) return `${name}[${i}].key: expected 64 hexadecimal digits`;
    list.push({ account, key });
  }
  return list;
}

export function authoritiesToJson(list: readonly Authority[]): readonly { readonly account: string; readonly key: string }[] {
  return list.map(({ account, key }) => ({ account: toHex(account), key: toHex(key) }));
}

/** What headers commit to as `nextSeatSetRoot`, once a list has changed. */
export function authoritiesRoot(list: readonly Authority[]): Uint8Array {
  return taggedHash('v/authorities', authoritiesToBytes(list));
}

export function sameAuthorities(a: readonly Authority[], b: readonly Authority[]): boolean {
  return equalBytes(authoritiesToBytes(a), authoritiesToBytes(b));
}

/**
 * Whether one block may make the first list the second: fewer than a third of the places are left or taken, though always one may be. An authority whose
 * key is another leaves and comes. So a set keeps two thirds of those who signed for the one before, and those who follow it can tell it from a coup.
 */
export function isSmallTurnover(before: readonly Authority[], after: readonly Authority[]): boolean {
  const countOf = (list: readonly Authority[], other: readonly Authority[]): number => {
    const there = new Set(other.map(nameOf));
    return list.filter((one) => !there.has(nameOf(one))).length;
  };
  return Math.max(countOf(before, after), countOf(after, before)) <= Math.max(1, Math.floor((before.length - 1) / 3));
}

function nameOf({ account, key }: Authority): string {
  return `${toHex(account)} ${toHex(key)}`;
}

function hexOf(value: unknown, length: number): Uint8Array | undefined {
  return typeof value === 'string' && value.length === 2 * length && /^[0-9a-f]*$/i.test(value) ? fromHex(value) : undefined;
}
