import { mayVote } from '@vsys/finality-ffg';
import type { FfgMemory } from '@vsys/finality-ffg';
import type { FfgWorld, Made } from './ffg-world.ts';
import type { Model, Step } from './search.ts';

export interface FfgModelState {
  /** In which way each block was made, as index in the world's `made`; 0 for none, and for genesis. */
  readonly made: readonly number[];
  /** What each honest voter remembers and voted for, as `codeOf`; those of a group are alike, so in order. */
  readonly voters: readonly number[];
  /** Blocks of the layers that are over, which have a certificate: a bit each. */
  readonly sealed: number;
  /** Height of the blocks that are made and voted on; without layers, 0. */
  readonly layer: number;
}

export interface FfgModel extends Model<FfgModelState> {
  /** Blocks that are final: a bit each. */
  finals(state: FfgModelState): number;
}

/**
 * Blocks are made, each carrying whichever certificates it can, and voters vote for any block that they may, in any order: `any`. Or one height after the other: `layers`.
 *
 * Layers lose nothing as long as voters vote for growing heights. Take any run, and do the same again height by height: make all blocks of a height, then cast all votes for them. A voter casts its
 * votes in the order that it did, with the same memory before each. A block finds every certificate that it carried, for all those are for lower blocks of its branch. So it is a run with the same blocks and
 * votes. What a layer leaves behind is small: which blocks have a certificate, and the source of each voter's last vote. Under a changed rule that lets heights fall, layers are a part of what can happen; what they find is found all the same.
 */
export function ffgModel(world: FfgWorld, order: 'any' | 'layers'): FfgModel {
  const { rules, parents, heights, groupOf, made } = world;
  const last = Math.max(...heights);
  const inLayer = (block: number, state: FfgModelState): boolean => order === 'any' || heights[block] === state.layer;

  function certifiedIn(state: FfgModelState): number {
    let certified = state.sealed;
    for (let block = 1; block < parents.length; block++) {
      const way = state.made[block] as number;
      if (way === 0 || !inLayer(block, state)) continue;
      let voted = 0;
      for (let i = 0; i < state.voters.length; i++) if (hasVoted(state.voters[i] as number, block)) voted |= 1 << i;
      if (world.isCertified(made[way] as Made, voted)) certified |= 1 << block;
    }
    return certified;
  }

  function making(state: FfgModelState): readonly Step<FfgModelState>[] {
    const steps: Step<FfgModelState>[] = [];
    let certified: number | undefined;
    for (let block = 1; block < parents.length; block++) {
      const parent = parents[block] as number;
      if (state.made[block] !== 0 || !inLayer(block, state) || (parent > 0 && state.made[parent] === 0)) continue;
      certified ??= certifiedIn(state);
      for (const way of world.waysToMake(block, state.made[parent] as number, certified)) {
        steps.push({ state: { ...state, made: state.made.with(block, way) }, what: () => `block ${block} on ${parent}, justified ${(made[way] as Made).source}` });
      }
      // In layers all are made, one after the other: one without votes is as if it were not there.
      if (order === 'layers') break;
    }
    return steps;
  }

  function voting(state: FfgModelState): readonly Step<FfgModelState>[] {
    const steps: Step<FfgModelState>[] = [];
    state.voters.forEach((voter, i) => {
      if (i > 0 && groupOf[i - 1] === groupOf[i] && state.voters[i - 1] === voter) return;
      const memory = { source: voter & 15, target: (voter >> 4) & 15 };
      for (let block = 1; block < parents.length; block++) {
        const way = made[state.made[block] as number] as Made;
        if (way.block !== block || !inLayer(block, state) || way.electorate[i] !== true || hasVoted(voter, block)) continue;
        const link = { source: way.target.source, target: way.target.ref };
        if (!mayVote(memory, link, rules)) continue;
        const after = codeOf(rules.remember(memory, link), (voter >> 8) | (1 << block));
        steps.push({ state: { ...state, voters: sorted(state.voters.with(i, after)) }, what: () => `a voter of group ${groupOf[i]} votes ${way.source} → ${block}` });
      }
    });
    return steps;
  }

  /** Votes of the layer are counted, and forgotten. Any target of it is below all later ones. */
  function sealing(state: FfgModelState): readonly Step<FfgModelState>[] {
    if (order === 'any' || state.layer === last) return [];
    const voters = sorted(state.voters.map((voter) => codeOf({ source: voter & 15, target: 0 }, 0)));
    return [{ state: { made: state.made, voters, sealed: certifiedIn(state), layer: state.layer + 1 }, what: () => `all is said at height ${state.layer}` }];
  }

  function sorted(voters: number[]): readonly number[] {
    for (let i = 1; i < voters.length; i++) {
      for (let at = i; at > 0 && groupOf[at - 1] === groupOf[at] && (voters[at - 1] as number) > (voters[at] as number); at--) {
        [voters[at - 1], voters[at]] = [voters[at] as number, voters[at - 1] as number];
      }
    }
    return voters;
  }

  const finals = (state: FfgModelState): number => world.finals(certifiedIn(state), state.made);
  return {
    initial: { made: parents.map(() => 0), voters: groupOf.map(() => 0), sealed: 0, layer: order === 'any' ? 0 : 1 },
    next: (state) => {
      const blocks = making(state);
      // In layers, who votes knows all blocks of the height.
      if (order === 'layers' && blocks.length > 0) return blocks;
      return [...blocks, ...voting(state), ...sealing(state)];
    },
    key: ({ made: ways, voters, sealed, layer }) => String.fromCharCode(...ways, sealed, layer, ...voters.flatMap((voter) => [voter & 0xfff, voter >> 12])),
    problem: (state) => world.conflict(finals(state)),
    finals,
  };
}

/** Heights are below 16, and so are blocks: a bit each. */
function codeOf({ source, target }: FfgMemory, voted: number): number {
  return source | (target << 4) | (voted << 8);
}

function hasVoted(voter: number, block: number): boolean {
  return ((voter >> (8 + block)) & 1) !== 0;
}
