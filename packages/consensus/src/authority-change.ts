import { accept, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import type { AccountId, Verdict } from '@vsys/primitives';
import type { Operation } from '@vsys/data-format';
import type { Authority } from './authority-list.ts';

/** One change of a list of authorities. */
export type AuthorityChange =
  | { readonly kind: 'add'; readonly account: AccountId; readonly key: Uint8Array }
  | { readonly kind: 'remove'; readonly account: AccountId }
  /** The account signs with another key from then on. */
  | { readonly kind: 'rotate'; readonly account: AccountId; readonly key: Uint8Array };

const KINDS = { add: 1, remove: 2, rotate: 3 } as const;
/** Kind (1), account (20), key (32; zeros for a removal). */
export const AUTHORITY_CHANGE_BYTES = 53;
const NO_KEY = new Uint8Array(32);

/** First byte of a payload. */
export const APPROVE = 1;
export const EVIDENCE = 2;

export function authorityChangeToBytes(change: AuthorityChange): Uint8Array {
  return concatBytes(Uint8Array.of(KINDS[change.kind]), change.account, change.kind === 'remove' ? NO_KEY : change.key);
}

/** Undefined for what `authorityChangeToBytes` does not write. */
export function authorityChangeFromBytes(bytes: Uint8Array): AuthorityChange | undefined {
  if (bytes.length !== AUTHORITY_CHANGE_BYTES) return undefined;
  const [account, key] = [bytes.slice(1, 21), bytes.slice(21)];
  if (bytes[0] === KINDS.remove) return equalBytes(key, NO_KEY) ? { kind: 'remove', account } : undefined;
  if (bytes[0] !== KINDS.add && bytes[0] !== KINDS.rotate) return undefined;
  return { kind: bytes[0] === KINDS.add ? 'add' : 'rotate', account, key };
}

/** An authority's account is for a change. The first to be proposes it; it is done when more than two thirds are. */
export function approveAuthorityChange(container: string, change: AuthorityChange): Operation {
  return { container, payload: concatBytes(Uint8Array.of(APPROVE), authorityChangeToBytes(change)) };
}

/** Shows that an authority signed two things of which it may sign one. Any account may. */
export function reportAuthority(container: string, proof: Uint8Array): Operation {
  return { container, payload: concatBytes(Uint8Array.of(EVIDENCE), proof) };
}

/** The list after a change. New ones come last; a key that is rotated keeps its place. */
export function changeAuthorities(list: readonly Authority[], change: AuthorityChange): Verdict<readonly Authority[], 'AUTHORITY_CHANGE'> {
  const at = list.findIndex(({ account }) => equalBytes(account, change.account));
  const wrong = (message: string): Verdict<readonly Authority[], 'AUTHORITY_CHANGE'> => refuse('AUTHORITY_CHANGE', message);
  if (change.kind !== 'remove' && list.some(({ key }) => equalBytes(key, change.key))) return wrong('an authority has this key already');
  if (change.kind === 'add') return at >= 0 ? wrong('the account is an authority already') : accept([...list, { account: change.account, key: change.key }]);
  if (at < 0) return wrong('the account is no authority');
  if (change.kind === 'rotate') return accept(list.with(at, { account: change.account, key: change.key }));
  return list.length === 1 ? wrong('the last authority cannot be removed: nobody could seal the next block') : accept(list.toSpliced(at, 1));
}
