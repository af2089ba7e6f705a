import { accept, equalBytes, refuse } from '@vsys/primitives';
import type { AccountId, Height, Verdict } from '@vsys/primitives';
import type { Container, OperationContext } from '@vsys/container';
import { APPROVE, AUTHORITY_CHANGE_BYTES, authorityChangeFromBytes, changeAuthorities, EVIDENCE } from './authority-change.ts';
import { authoritiesFromBytes, authoritiesToBytes, isSmallTurnover } from './authority-list.ts';
import type { Authority } from './authority-list.ts';
import {
  AUTHORITIES_CHANGING_MAX, authorityListKey, authorityPastKey, countApprovals, isApprovedBy, noApprovals, openChangesFromBytes, openChangesKey, openChangesToBytes, pastFromBytes, pastToBytes, withApproval,
} from './authority-records.ts';
import type { AuthorityPast, OpenChange } from './authority-records.ts';

export type AuthorityCode = 'AUTHORITY_PAYLOAD' | 'AUTHORITY_ACTOR' | 'AUTHORITY_CHANGE' | 'AUTHORITY_TURNOVER' | 'AUTHORITY_EVIDENCE';

export interface AuthorityContainerOptions {
  /** Of the consensus module: names the container and its key space. */
  readonly name: string;
  /** The list of the parameters, in force until it changes. */
  readonly authorities: readonly Authority[];
  /** Judges a proof by itself. Absent: a module in which nobody can be shown to have signed twice. */
  verifyEvidence?(proof: Uint8Array): Verdict<{ readonly key: Uint8Array; readonly height: Height }>;
}

/** A change that too few are for is forgotten after so many blocks. */
export const OPEN_CHANGE_BLOCKS_MAX = 100_000;
/** A proof counts for so many blocks after what it shows. */
export const EVIDENCE_BLOCKS_MAX = 100_000;
/** Keys that were replaced or removed, and accounts that were punished, as many as are remembered; the oldest goes first. */
export const RETIRED_MAX = 128;
/** Two sealed headers and what is beside them. */
export const EVIDENCE_BYTES_MAX = 40_000;
/** Three records read and written. */
const APPROVE_GAS = 1_000n;
/** And two signatures checked. */
const EVIDENCE_GAS = 20_000n;

/**
 * The list of authorities as state: it changes when more than two thirds of those who are in it are for it, and loses who is shown to have signed twice.
 * What it holds after a block is for the module to put into the header; who seals and votes comes from headers alone.
 */
export function createAuthorityContainer(options: AuthorityContainerOptions): Container {
  const { name, authorities, verifyEvidence } = options;
  const [listKey, pastKey, openKey] = [authorityListKey(name), authorityPastKey(name), openChangesKey(name)];

  const readList = ({ state }: OperationContext): readonly Authority[] => {
    const bytes = state.get(listKey);
    return (bytes === undefined ? undefined : authoritiesFromBytes(bytes)) ?? authorities;
  };
  const readPast = ({ state }: OperationContext): AuthorityPast => {
    const bytes = state.get(pastKey);
    return bytes === undefined ? { changedAt: 0, before: authorities, retired: [], punished: [] } : pastFromBytes(bytes);
  };
  const readOpen = ({ state, block }: OperationContext): readonly OpenChange[] => openChangesFromBytes(state.get(openKey) ?? Uint8Array.of(0, 0)).filter(({ since }) => since + OPEN_CHANGE_BLOCKS_MAX > block.height);

  /** Writes a new list, if one block may make it of the one in force. What others were for was another list's business. */
  function replace(context: OperationContext, next: readonly Authority[], punished?: AccountId): Verdict<void, AuthorityCode> {
    const { block, state } = context;
    const now = readList(context);
    const past = readPast(context);
    const before = past.changedAt === block.height ? past.before : now;
    if (next.length > AUTHORITIES_CHANGING_MAX) return refuse('AUTHORITY_CHANGE', `a list that changes has at most ${AUTHORITIES_CHANGING_MAX} authorities`);
    if (!isSmallTurnover(before, next)) return refuse('AUTHORITY_TURNOVER', `one block changes fewer than a third of ${before.length} authorities; send it again in a later one`, { retry: true });
    const until = block.height + EVIDENCE_BLOCKS_MAX;
    const left = now.filter(({ key }) => !next.some((one) => equalBytes(one.key, key))).map((one) => ({ ...one, until }));
    state.set(listKey, authoritiesToBytes(next));
    state.set(pastKey, pastToBytes({
      changedAt: block.height, before,
      retired: [...past.retired.filter((one) => one.until >= block.height), ...left].slice(-RETIRED_MAX),
      punished: [...past.punished.filter(({ account, height }) => height + EVIDENCE_BLOCKS_MAX >= block.height && !isSame(account, punished)), ...(punished === undefined ? [] : [{ account: punished, height: block.height }])].slice(-RETIRED_MAX),
    }));
    if (state.get(openKey) !== undefined) state.set(openKey, undefined);
    return accept(undefined);
  }

  function approve(payload: Uint8Array, context: OperationContext): Verdict<Uint8Array, AuthorityCode> {
    const { actor, block, state, gas } = context;
    gas.charge(APPROVE_GAS);
    const bytes = payload.slice(1);
    const change = authorityChangeFromBytes(bytes);
    if (change === undefined) return refuse('AUTHORITY_PAYLOAD', 'the payload is no change');
    const list = readList(context);
    const place = list.findIndex(({ account }) => equalBytes(account, actor));
    if (place < 0 || list.length > AUTHORITIES_CHANGING_MAX) return refuse('AUTHORITY_ACTOR', place < 0 ? 'only an authority\'s account may be for a change' : `a list of more than ${AUTHORITIES_CHANGING_MAX} does not change`);
    const next = changeAuthorities(list, change);
    if (!next.ok) return next;
    if (change.kind !== 'remove' && readPast(context).retired.some(({ key, account }) => equalBytes(key, change.key) && !equalBytes(account, change.account))) return refuse('AUTHORITY_CHANGE', 'another authority had this key not long ago');
    const open = readOpen(context);
    const known = open.find((one) => equalBytes(one.change, bytes));
    if (known !== undefined && isApprovedBy(known.approvals, place)) return refuse('AUTHORITY_CHANGE', 'the account is for this change already');
    const approved: OpenChange = { ...(known ?? { change: bytes, since: block.height, proposer: actor }), approvals: withApproval(known?.approvals ?? noApprovals(), place) };
    if (countApprovals(approved.approvals) >= Math.floor((2 * list.length) / 3) + 1) {
      const replaced = replace(context, next.value);
      return replaced.ok ? accept(Uint8Array.of(1)) : replaced;
    }
    // Whoever proposes a second change withdraws the first: so many changes are open as there are authorities.
    const rest = open.filter((one) => one !== known && (known !== undefined || !equalBytes(one.proposer, actor)));
    state.set(openKey, openChangesToBytes([...rest, approved]));
    return accept(Uint8Array.of(0));
  }

  function report(payload: Uint8Array, context: OperationContext): Verdict<Uint8Array, AuthorityCode> {
    const { block, gas } = context;
    gas.charge(EVIDENCE_GAS);
    const wrong = (message: string): Verdict<Uint8Array, AuthorityCode> => refuse('AUTHORITY_EVIDENCE', message);
    const shown = verifyEvidence?.(payload.slice(1));
    if (shown?.ok !== true) return wrong(shown?.message ?? 'this chain knows no evidence');
    const { key, height } = shown.value;
    if (height > block.height || height + EVIDENCE_BLOCKS_MAX < block.height) return wrong(`it shows height ${height}, which is not one of the last ${EVIDENCE_BLOCKS_MAX}`);
    const list = readList(context);
    const { retired, punished } = readPast(context);
    const owner = [...list, ...retired.filter(({ until }) => until >= block.height)].find((one) => equalBytes(one.key, key));
    const place = owner === undefined ? -1 : list.findIndex(({ account }) => equalBytes(account, owner.account));
    if (owner === undefined || place < 0) return wrong('the key is none of an authority');
    if (punished.some((one) => equalBytes(one.account, owner.account) && height <= one.height)) return wrong('the account was removed for it, or since then');
    if (list.length === 1) return refuse('AUTHORITY_CHANGE', 'the last authority cannot be removed: nobody could seal the next block');
    const replaced = replace(context, list.toSpliced(place, 1), owner.account);
    return replaced.ok ? accept(owner.account) : replaced;
  }

  return {
    name,
    version: 1,
    check(payload) {
      if (payload[0] === APPROVE) {
        if (payload.length !== 1 + AUTHORITY_CHANGE_BYTES || authorityChangeFromBytes(payload.slice(1)) === undefined) return refuse('AUTHORITY_PAYLOAD', `a change is a kind (1 to 3), an account and a key, ${AUTHORITY_CHANGE_BYTES} bytes in all`);
        return accept(undefined);
      }
      if (payload[0] !== EVIDENCE || payload.length < 2) return refuse('AUTHORITY_PAYLOAD', 'there is no such operation');
      return payload.length <= 1 + EVIDENCE_BYTES_MAX ? accept(undefined) : refuse('AUTHORITY_PAYLOAD', `a proof has at most ${EVIDENCE_BYTES_MAX} bytes, found ${payload.length - 1}`);
    },
    touches: () => [listKey, pastKey, openKey],
    execute: (payload, context) => (payload[0] === APPROVE ? approve(payload, context) : report(payload, context)),
  };
}

function isSame(a: AccountId, b: AccountId | undefined): boolean {
  return b !== undefined && equalBytes(a, b);
}
