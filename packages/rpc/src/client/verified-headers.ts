import { accept, type BlockId, equalBytes, refuse, toHex, type Verdict } from '@vsys/primitives';
import { type BlockRef, createHeaderChain, foldHeaders, type FoldedHeader, headerCheckpointFromBytes, headerCheckpointToBytes, type HeaderJump, type HeaderRules } from '@vsys/consensus/rules';
import { blockId as hashHeader, type ChainSpec, type Header, type SealedHeader } from '@vsys/data-format';
import type { BlockRefJson } from '../contract.ts';
import { clientError } from './client-error.ts';
import { createHeaderRing } from './header-ring.ts';
import { clientLimits } from './limits.ts';
import type { SealChecks } from './seal-checks.ts';

/** All that a client believes from the start. */
export interface Trust {
  readonly spec: ChainSpec;
  /** `genesisHeader(spec, stateRoot)`, or known from elsewhere. */
  readonly genesis: Header;
  /** Of the consensus module that the spec names, opened with its parameters. */
  readonly rules: HeaderRules;
  /**
   * What `checkpoint` of a client of this chain gave: headers go on from there and are not followed from genesis again. It is believed as the spec is,
   * so it must come from where nobody else writes, such as one's own storage or a release, and never from a node.
   */
  readonly checkpoint?: Uint8Array | undefined;
  /** When `rules` were opened with its `verify`: signatures of headers are then checked many at a time. */
  readonly seals?: SealChecks | undefined;
}

/** How far the headers were followed. */
export interface Followed {
  readonly tip: BlockRefJson;
  /** When the tip says that it was made, in milliseconds since 1970. */
  readonly tipTimeMs: number;
  readonly final: BlockRefJson;
}

/** Headers that the rules hold for, from genesis or a checkpoint on. */
export interface VerifiedHeaders {
  readonly followed: Followed;
  /** The final block, as bytes to begin with another time. */
  checkpoint(): Uint8Array;
  /** Ids of our branch, newest first, thinning out to the block that it began with. */
  locator(): readonly BlockId[];
  /** The state root of a block of our branch; undefined when it is not there, or no longer kept. */
  stateRoot(block: BlockRefJson): Uint8Array | undefined;
  /** Has the signatures of headers that go on from our tip checked together, so that `take` finds them known. */
  checkAhead(headers: readonly SealedHeader[]): Promise<void>;
  /**
   * Takes headers that go on from one of ours. HEADER_RANK: they do not outrank our branch, which is kept. HEADER_BELOW_CHECKPOINT: they are of
   * blocks up to the checkpoint, which whoever has its block need not send.
   */
  take(headers: readonly SealedHeader[]): Verdict<void>;
  /** Whether the rules know certificates. */
  readonly canJump: boolean;
  /** Goes to a final header far above, by its certificate. It is then what the client began with: nothing below it is known. */
  jump(jump: HeaderJump): Verdict<void>;
}

/** Ids of a locator before it thins out. */
const LOCATOR_DENSE = 10;

/**
 * Of each header height, id and state root are kept, for the newest `keptMax` blocks.
 *
 * @throws ClientError CLIENT_CHECKPOINT
 */
export function createVerifiedHeaders(trust: Trust, keptMax: number = clientLimits.headersKeptMax): VerifiedHeaders {
  const ids = new WeakMap<Header, BlockId>();
  /** Headers are looked at more than once. */
  const blockId = (header: Header): BlockId => {
    const known = ids.get(header) ?? hashHeader(header);
    ids.set(header, known);
    return known;
  };
  const chain = createHeaderChain({ rules: trust.rules, spec: trust.spec, genesis: trust.genesis, from: readCheckpoint(trust), blockId });
  let start = chain.final;
  let kept = createHeaderRing(keptMax, start.height);
  kept.put(start.height, start.id, start.header.stateRoot);

  const isKept = (header: Header): boolean => {
    const known = kept.id(header.height);
    return known !== undefined && equalBytes(known, blockId(header));
  };
  const extend = (headers: readonly SealedHeader[]): Verdict<void> => {
    for (const sealed of headers) {
      const extended = chain.extend([sealed]);
      if (!extended.ok) return extended;
      kept.put(extended.value.height, extended.value.id, sealed.header.stateRoot);
    }
    return accept(undefined);
  };
  const replace = (parent: BlockId, headers: readonly SealedHeader[]): Verdict<void> => {
    const replaced = chain.replaceFrom(parent, headers);
    if (!replaced.ok) return replaced;
    for (const { header } of headers) kept.put(header.height, blockId(header), header.stateRoot);
    return accept(undefined);
  };

  return {
    get followed() {
      return { tip: refOf(chain.tip), tipTimeMs: chain.tip.header.timeMs, final: refOf(chain.final) };
    },
    checkpoint: () => headerCheckpointToBytes(trust, chain.final),
    locator() {
      const ids: BlockId[] = [];
      const { height: tip } = chain.tip;
      for (let height = tip, step = 1; height >= kept.oldest; height -= step) {
        ids.push(kept.id(height) as BlockId);
        if (ids.length >= LOCATOR_DENSE) step *= 2;
      }
      return [...ids, start.id];
    },
    stateRoot({ height, id }) {
      const known = kept.id(height);
      return known !== undefined && toHex(known) === id ? kept.stateRoot(height) : undefined;
    },
    async checkAhead(headers) {
      const from = headers.findIndex(({ header }) => !isKept(header));
      const news = from < 0 ? [] : headers.slice(from);
      const { tip } = chain;
      if (news[0] === undefined || !equalBytes(news[0].header.parent, tip.id)) return;
      await trust.seals?.ahead(() => void foldHeaders(trust.rules, blockId, tip, news));
    },
    take(headers) {
      const from = headers.findIndex(({ header }) => !isKept(header));
      const first = headers[from]?.header;
      if (first === undefined) return accept(undefined);
      if (first.height <= start.height) return refuse('HEADER_BELOW_CHECKPOINT', `the node does not have the block at height ${start.height} that headers are followed from: it is behind it, or on another branch`);
      // Below what is kept nothing can be compared: the node is far behind us, and has nothing new.
      if (first.height <= kept.oldest) return accept(undefined);
      const news = headers.slice(from);
      const taken = equalBytes(first.parent, chain.tip.id) ? extend(news) : replace(first.parent, news);
      trust.seals?.forget();
      return taken;
    },
    canJump: trust.rules.certificate !== undefined,
    jump(jump) {
      const { height: tip } = chain.tip;
      const jumped = chain.jump(jump);
      // A header that was followed already is only final now.
      if (!jumped.ok || jumped.value.height <= tip) return jumped.ok ? accept(undefined) : jumped;
      start = jumped.value;
      kept = createHeaderRing(keptMax, start.height);
      kept.put(start.height, start.id, start.header.stateRoot);
      return accept(undefined);
    },
  };
}

function readCheckpoint(trust: Trust): FoldedHeader<unknown> | undefined {
  if (trust.checkpoint === undefined) return undefined;
  const read = headerCheckpointFromBytes(trust, trust.checkpoint);
  if (!read.ok) throw clientError('CLIENT_CHECKPOINT', `trust.checkpoint cannot be begun with: ${read.message}`, { reason: read.code });
  return read.value;
}

function refOf({ height, id }: BlockRef): BlockRefJson {
  return { height, id: toHex(id) };
}
