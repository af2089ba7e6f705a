import { accept } from '@vsys/primitives';
import type { ConsensusModule } from '@vsys/consensus';
import { createPowEngine } from './engine.ts';
import { powParamsFromBytes, powParamsFromJson, powParamsToBytes } from './params.ts';
import { createPowRules } from './rules.ts';
import type { PowContext } from './rules.ts';
import { searchSlice } from './search.ts';

export interface PowOptions {
  /** Tries of one slice of the search. A node runs at most 50 slices a second, beside all else that it does. */
  readonly hashesPerSlice?: number;
}

const HASHES_PER_SLICE = 256;
const SLICES_PER_SECOND = 50;

/** Proof of work: no seats, no slots, and no key that signs a block. */
export function createPow({ hashesPerSlice = HASHES_PER_SLICE }: PowOptions = {}): ConsensusModule<PowContext> {
  return {
    id: 'pow@1',
    provides: { finality: 'depth', headers: 'pure', cuts: 'short' },
    needs: { clock: true, compute: true, keySchemes: [] },
    paramsFromJson: (json) => {
      const params = powParamsFromJson(json);
      return params.ok ? accept(powParamsToBytes(params.value)) : params;
    },
    paramsToJson: (bytes) => {
      const params = powParamsFromBytes(bytes);
      return params.ok ? accept({ ...params.value, work: Number(params.value.work) }) : params;
    },
    // Half of what so many search: a chain that begins too easily makes blocks faster than they travel.
    paramsOfNewChain: ({ periodMs, producers }) => ({ periodMs, work: Math.ceil((Math.max(1, producers.length) * hashesPerSlice * SLICES_PER_SECOND * periodMs) / 2_000) }),
    open: (bytes) => {
      const opened = powParamsFromBytes(bytes);
      if (!opened.ok) return opened;
      const params = opened.value;
      return accept({
        rules: createPowRules(params),
        containers: [],
        engine: (keys) => createPowEngine(params, keys),
        compute: (job) => searchSlice(job, hashesPerSlice),
        reorgBound: params.finalityDepth,
        // Nobody is counted on: whoever is there goes on.
        faultsMax: Number.MAX_SAFE_INTEGER,
        describe: () => ({ periodMs: params.periodMs, firstWork: Number(params.work), finalityDepth: params.finalityDepth }),
      });
    },
  };
}
