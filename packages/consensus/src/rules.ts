import type { Rank } from '@vsys/block-tree';
import type { PublicKey } from '@vsys/crypto';
import type { ChainSpec, Header, SealedHeader } from '@vsys/data-format';
import type { AccountId, BlockId, Height, Verdict } from '@vsys/primitives';

export type { Rank } from '@vsys/block-tree';
export { evidencePairFromBytes, evidencePairToBytes } from './evidence-pair.ts';
export { sealMessage } from './seal.ts';
export { checkContinues, createHeaderChain, foldHeaders } from './header-chain.ts';
export type { FoldedHeader, HeaderChain, HeaderChainOptions } from './header-chain.ts';
export { headerCheckpointFromBytes, headerCheckpointToBytes } from './header-checkpoint.ts';
export type { HeaderCheckpointCode, HeaderCheckpointScope } from './header-checkpoint.ts';
export { authoritiesFromBytes, authoritiesFromJson, authoritiesRoot, authoritiesToBytes, authoritiesToJson, isSmallTurnover, problemOfAuthorities, sameAuthorities } from './authority-list.ts';
export type { Authority } from './authority-list.ts';
export { AUTHORITIES_CHANGING_MAX, authorityListKey } from './authority-records.ts';
export { approveAuthorityChange, authorityChangeFromBytes, authorityChangeToBytes, changeAuthorities, reportAuthority } from './authority-change.ts';
export type { AuthorityChange } from './authority-change.ts';

/** A key that seals headers, by scheme and bytes. */
export type PublicKeyOf = PublicKey;

/** Checks one signature at once, without a worker. Handed to modules, so that browsers and servers can use what is best there. */
export type VerifySignature = (publicKey: PublicKeyOf, message: Uint8Array, signature: Uint8Array) => boolean;

export interface BlockRef {
  readonly height: Height;
  readonly id: BlockId;
}

/** A header with its id (the hash of the header, computed by the caller) and its seal. */
export interface IdentifiedHeader {
  readonly id: BlockId;
  readonly header: Header;
  readonly seal: Uint8Array;
}

/** A header, and what shows that it is final to who knows a lower final one. */
export interface HeaderJump {
  readonly header: Header;
  readonly certificate: Uint8Array;
}

/** What of a header is fixed before its body is executed, and is the module's to judge. */
export type AuthoredHeader = Pick<Header, 'height' | 'timeMs' | 'ext'>;

/** What of a header a module may fill in from the state after the block. */
export type PromisingHeader = AuthoredHeader & Pick<Header, 'seatSetRoot' | 'nextSeatSetRoot'>;

export interface Stepped<C> {
  readonly context: C;
  /** Grows strictly along a branch. `null`: executable, but not head until certified. */
  readonly rank: Rank | null;
  /** Height on this branch, up to the block itself, that this header makes justified or final. Never falls along a branch. */
  readonly justifies?: Height;
  readonly finalises?: Height;
}

/** The module's own container as it stands after one block: all of the state that a module may read. */
export interface SeatView {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
}

/**
 * Rules of headers: a pure fold from the parent's context to the child's. No clock, no state, no network: a light client is this
 * and nothing else. Neutral checks (chain id, parent, height, version, sizes, execution) are the caller's; the module checks what it alone knows:
 * seat, slot, time, `ext`, seal.
 */
export interface HeaderRules<C = unknown> {
  /** Most that a header may be ahead of the local clock, in milliseconds. */
  readonly driftMs: number;
  /**
   * How the rule begins: at the first block of a chain or, where a chain changes its module, at the last block of the module before. Of the spec
   * it knows its own id and parameters.
   */
  genesis(spec: Pick<ChainSpec, 'consensus'>, genesis: BlockRef & { readonly timeMs: number }): { readonly context: C; readonly rank: Rank };
  /**
   * A refusal with `data.retry` is nobody's fault: others may hold the header valid by what is not here. One with `data.halt` says more, that the
   * chain goes on by rules that are not here, and shows it beyond doubt: the node stops with this sentence.
   */
  step(parent: C, child: IdentifiedHeader): Verdict<Stepped<C>>;
  /**
   * Account of who makes the block: to it go the fees, where the chain gives them to the author. A pure function of what is known before the body is
   * executed, the same for its maker and for everyone after; asked only for headers that `step` accepts. Absent: the module knows no accounts.
   */
  author?(parent: C, child: AuthoredHeader): AccountId;
  /** When the header may enter the tree, minus `driftMs`. An early header is parked, not punished. */
  earliest(parent: C, header: Header): number;
  /** The header came in its own slot, seen at `nowMs`. */
  isTimely(parent: C, header: Header, nowMs: number): boolean;
  /**
   * What a header says of the state after its block: the maker of a block asks with what its engine gave and puts the answer into the header, everyone
   * else asks with the header and refuses it unless the answer is what stands there. So completing what is complete must change nothing. Absent:
   * `ext` is as the engine gave it, and the seats stay. Must not throw for any header that `step` accepts.
   */
  complete?(parent: C, child: PromisingHeader, state: SeatView): Promise<{ readonly ext: Uint8Array; readonly nextSeatSetRoot: Uint8Array }>;
  /**
   * Highest block of the branch that is safe, from 0 to the block of the context itself: the module holds that it stays as long as those
   * who seal are as honest, and the network as quick, as its documents say. Weaker than final, and true of this branch only. Never falls along
   * a branch. Absent: a module that vouches for nothing below final.
   */
  safeHeight?(context: C): Height;
  /**
   * Judges a header far above a known final one, without those between: the certificate shows that it is final, by those for whom the known block vouches.
   * Refuses it as well when header and certificate do not tell its whole context. Absent: headers are followed one by one.
   */
  certificate?(known: { readonly header: Header; readonly context: C }, header: Omit<IdentifiedHeader, 'seal'>, certificate: Uint8Array): Verdict<{ readonly context: C; readonly rank: Rank }>;
  /**
   * Looks for the highest header up to `to` that `certificate` takes from who knows the block at `from`, among canonical headers. Undefined: none, or nothing but near ones.
   */
  prove?(from: Height, to: Height, at: (height: Height) => Promise<SealedHeader | undefined>): Promise<HeaderJump | undefined>;
  /** At most 64 KiB, stored with the block. */
  encode(context: C): Uint8Array;
  /** Throws on bytes that `encode` did not write: they come from the node's own store. */
  decode(bytes: Uint8Array): C;
}
