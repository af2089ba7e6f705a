import { compareBytes, equalBytes, refuse, accept } from '@vsys/primitives';
import type { BlockId, Height, Verdict } from '@vsys/primitives';
import type { ChainSpec, Header, SealedHeader } from '@vsys/data-format';
import { compareRanks } from '@vsys/block-tree';
import { blockId as formatBlockId } from '@vsys/data-format';
import type { BlockRef, HeaderJump, HeaderRules, Rank } from './rules.ts';

export interface FoldedHeader<C> extends BlockRef {
  readonly header: Header;
  readonly context: C;
  readonly rank: Rank;
  /** Height that this header made final. */
  readonly finalises?: Height;
}

export interface HeaderChainOptions<C> {
  readonly rules: HeaderRules<C>;
  readonly spec: ChainSpec;
  /** Computed from the spec by the user, or trusted by its id. */
  readonly genesis: Header;
  /** A final header that this client verified itself, in place of genesis: `headerCheckpointFromBytes`. Nothing below it is known afterwards. */
  readonly from?: FoldedHeader<C> | undefined;
  /** By default that of `@vsys/data-format`. */
  readonly blockId?: (header: Header) => BlockId;
}

/** A light client: follows sealed headers without bodies, state, clock or network. */
export interface HeaderChain<C = unknown> {
  readonly tip: FoldedHeader<C>;
  /** What the rules made final; at first the header that the chain began with. */
  readonly final: FoldedHeader<C>;
  /** Appends headers that continue the tip; stops at the first that does not hold and keeps those before it. */
  extend(headers: readonly SealedHeader[]): Verdict<FoldedHeader<C>>;
  /**
   * Replaces the branch above one of the last headers by a heavier one. Refused when it does not begin at or above final, or does not outrank the tip.
   */
  replaceFrom(parent: BlockId, headers: readonly SealedHeader[]): Verdict<FoldedHeader<C>>;
  /** Goes to a final header far above, by its certificate. What is between is never known; what was above final and is not below that header is dropped. */
  jump(jump: HeaderJump): Verdict<FoldedHeader<C>>;
}

/** The one version of headers that this release reads: what a later one means is not known here, to a light client as little as to a node. */
const HEADER_VERSION = 1;
/** Headers above final that a light client keeps for `replaceFrom`. */
const BRANCH_MAX = 4096;

/** Folds sealed headers over a known one: neutral checks, then the module's. Each must have a rank: one that waits for its certificate is nothing to follow. Returns all of them, or the first refusal. */
export function foldHeaders<C>(
  rules: HeaderRules<C>,
  blockId: (header: Header) => BlockId,
  from: FoldedHeader<C>,
  headers: readonly SealedHeader[],
): Verdict<readonly FoldedHeader<C>[]> {
  const folded: FoldedHeader<C>[] = [];
  let parent = from;
  for (const { header, seal } of headers) {
    const neutral = checkContinues(parent, header);
    if (!neutral.ok) return neutral;
    const id = blockId(header);
    const stepped = rules.step(parent.context, { id, header, seal });
    if (!stepped.ok) return stepped;
    const { context, rank, finalises } = stepped.value;
    if (rank === null) return refuse('HEADER_UNCERTIFIED', `the header at height ${header.height} waits for its certificate`);
    const child = { id, height: header.height, header, context, rank, ...(finalises === undefined ? {} : { finalises }) };
    folded.push(child);
    parent = child;
  }
  return accept(folded);
}

/** What every header owes to its parent, whatever the rule. */
export function checkContinues(parent: BlockRef & { readonly header: Header }, header: Header): Verdict<void> {
  if (header.version !== HEADER_VERSION) return refuse('HEADER_VERSION', `header version ${header.version} is not known here`);
  if (!equalBytes(header.chainId, parent.header.chainId)) return refuse('HEADER_CHAIN', 'the header belongs to another chain');
  if (compareBytes(header.parent, parent.id) !== 0) return refuse('HEADER_PARENT', `the header at height ${header.height} names another parent`);
  if (header.height !== parent.height + 1) return refuse('HEADER_HEIGHT', `expected height ${parent.height + 1}, found ${header.height}`);
  if (!equalBytes(header.seatSetRoot, parent.header.nextSeatSetRoot)) return refuse('HEADER_SEATS', 'the seat set is not the one that the parent announced');
  if (!Number.isSafeInteger(header.timeMs) || header.timeMs <= parent.header.timeMs) return refuse('HEADER_TIME', 'the time of a header must be after its parent\'s');
  return accept(undefined);
}

/**
 * @example
 * const chain = createHeaderChain({ rules, spec, genesis });
 * const verdict = chain.extend(headersFromPeer);
 * if (verdict.ok) show(chain.tip.height, chain.final.height);
 */
export function createHeaderChain<C>(options: HeaderChainOptions<C>): HeaderChain<C> {
  const { rules, blockId = formatBlockId } = options;
  let final: FoldedHeader<C> = options.from ?? foldGenesis(options, blockId);
  /** From final (or the oldest kept) to the tip. */
  let branch: FoldedHeader<C>[] = [final];

  const tip = (): FoldedHeader<C> => branch[branch.length - 1] as FoldedHeader<C>;
  const settle = (finalises: Height | undefined): void => {
    const settled = finalises !== undefined && finalises > final.height ? branch.find((kept) => kept.height === finalises) : undefined;
    if (settled !== undefined) final = settled;
    const cut = branch.findIndex((kept) => kept.height >= final.height);
    if (cut > 0) branch = branch.slice(cut);
    if (branch.length > BRANCH_MAX) branch = branch.slice(branch.length - BRANCH_MAX);
  };

  return {
    get tip() {
      return tip();
    },
    get final() {
      return final;
    },
    extend: (headers) => {
      for (const sealed of headers) {
        const folded = foldHeaders(rules, blockId, tip(), [sealed]);
        if (!folded.ok) return folded;
        for (const header of folded.value) {
          branch.push(header);
          settle(header.finalises);
        }
      }
      return accept(tip());
    },
    replaceFrom: (parentId, headers) => {
      const at = branch.findIndex((kept) => equalBytes(kept.id, parentId));
      if (at < 0) return refuse('HEADER_BELOW_FINAL', 'the branch does not begin at a header above final');
      const folded = foldHeaders(rules, blockId, branch[at] as FoldedHeader<C>, headers);
      if (!folded.ok) return folded;
      const last = folded.value[folded.value.length - 1];
      const current = tip().rank;
      if (last === undefined || compareRanks(last.rank, current) <= 0) {
        return refuse('HEADER_RANK', 'the branch does not outrank the present one');
      }
      branch = [...branch.slice(0, at + 1), ...folded.value];
      for (const header of folded.value) settle(header.finalises);
      return accept(tip());
    },
    jump: ({ header, certificate }) => {
      if (rules.certificate === undefined) return refuse('HEADER_JUMP', 'the module has no certificates that show a header by themselves');
      if (header.version !== HEADER_VERSION) return refuse('HEADER_VERSION', `header version ${header.version} is not known here`);
      if (!equalBytes(header.chainId, final.header.chainId)) return refuse('HEADER_CHAIN', 'the header belongs to another chain');
      if (!Number.isSafeInteger(header.height) || header.height <= final.height) return refuse('HEADER_JUMP', `height ${header.height} is not above the final ${final.height}`);
      const id = blockId(header);
      const judged = rules.certificate(final, { id, header }, certificate);
      if (!judged.ok) return judged;
      const known = branch.findIndex((kept) => equalBytes(kept.id, id));
      final = known < 0 ? { id, height: header.height, header, ...judged.value } : (branch[known] as FoldedHeader<C>);
      branch = known < 0 ? [final] : branch.slice(known);
      return accept(final);
    },
  };
}

function foldGenesis<C>({ rules, spec, genesis }: HeaderChainOptions<C>, blockId: (header: Header) => BlockId): FoldedHeader<C> {
  const id = blockId(genesis);
  return { id, height: genesis.height, header: genesis, ...rules.genesis(spec, { id, height: genesis.height, timeMs: genesis.timeMs }) };
}
