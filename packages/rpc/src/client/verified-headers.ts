import { accept, type BlockId, equalBytes, toHex, type Verdict } from '@vsys/primitives';
import { createHeaderChain, type BlockRef, type HeaderRules } from '@vsys/consensus/rules';
import { blockId, type ChainSpec, type Header, type SealedHeader } from '@vsys/data-format';
import type { BlockRefJson } from '../contract.ts';
import { createHeaderRing } from './header-ring.ts';
import { clientLimits } from './limits.ts';

/** All that a client believes from the start. */
export interface Trust {
  readonly spec: ChainSpec;
  /** `genesisHeader(spec, stateRoot)`, or known from elsewhere. */
  readonly genesis: Header;
  /** Of the consensus module that the spec names, opened with its parameters. */
  readonly rules: HeaderRules;
}

/** How far the headers were followed. */
export interface Followed {
  readonly tip: BlockRefJson;
  readonly final: BlockRefJson;
}

/** Headers that the rules hold for, from genesis on. */
export interface VerifiedHeaders {
  readonly followed: Followed;
  /** Ids of our branch, newest first, thinning out to genesis. */
  locator(): readonly BlockId[];
  /** The state root of a block of our branch; undefined when it is not there, or no longer kept. */
  stateRoot(block: BlockRefJson): Uint8Array | undefined;
  /** Takes headers that go on from one of ours. HEADER_RANK: they do not outrank our branch, which is kept. */
  take(headers: readonly SealedHeader[]): Verdict<void>;
}

/** Ids of a locator before it thins out. */
const LOCATOR_DENSE = 10;

/** Of each header height, id and state root are kept, for the newest `keptMax` blocks. */
export function createVerifiedHeaders({ spec, genesis, rules }: Trust, keptMax: number = clientLimits.headersKeptMax): VerifiedHeaders {
  const chain = createHeaderChain({ rules, spec, genesis });
  const genesisId = blockId(genesis);
  const kept = createHeaderRing(keptMax, genesis.height);
  kept.put(genesis.height, genesisId, genesis.stateRoot);

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
      return { tip: refOf(chain.tip), final: refOf(chain.final) };
    },
    locator() {
      const ids: BlockId[] = [];
      const { height: tip } = chain.tip;
      for (let height = tip, step = 1; height >= kept.oldest; height -= step) {
        ids.push(kept.id(height) as BlockId);
        if (ids.length >= LOCATOR_DENSE) step *= 2;
      }
      return [...ids, genesisId];
    },
    stateRoot({ height, id }) {
      const known = kept.id(height);
      return known !== undefined && toHex(known) === id ? kept.stateRoot(height) : undefined;
    },
    take(headers) {
      const from = headers.findIndex(({ header }) => !isKept(header));
      const first = headers[from]?.header;
      // Below what is kept nothing can be compared: the node is far behind us, and has nothing new.
      if (first === undefined || first.height <= kept.oldest) return accept(undefined);
      const news = headers.slice(from);
      return equalBytes(first.parent, chain.tip.id) ? extend(news) : replace(first.parent, news);
    },
  };
}

function refOf({ height, id }: BlockRef): BlockRefJson {
  return { height, id: toHex(id) };
}
