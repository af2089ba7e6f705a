import { equalBytes, toHex } from '@vsys/primitives';
import type { Chain, ChainBlock, ChainEvent, Guard } from '@vsys/consensus';
import type { Header } from '@vsys/data-format';
import type { ViolationKind } from './violation.ts';

export interface JudgeLimits {
  readonly blockGasMax: bigint;
  readonly poolMax: number;
  readonly blocksAboveFinalMax: number;
}

/** Watches the honest nodes, and says at once what may not be. */
export interface Judge {
  /** A life of a node begins: what it holds final must be what it held before. */
  attach(node: number, chain: Chain): void;
  /** The node's data was removed, as the remedy of a damaged disk says: it begins anew, and what it tells must still agree with the others. */
  forgive(node: number): void;
  signed(node: number, key: Uint8Array, guard: Guard | undefined, message: Uint8Array): void;
  /** Highest block that any honest node held final. */
  readonly finalHeight: number;
  finalId(height: number): string | undefined;
  readonly reorganisations: number;
  /** Final headers after which others seal or vote. */
  readonly seatChanges: number;
}

interface Known {
  readonly id: string;
  readonly header: Header;
}

export function createJudge(limits: JudgeLimits, report: (kind: ViolationKind, message: string) => void): Judge {
  /** Every block that was on the branch of an honest node. */
  const blocks = new Map<string, Header>();
  const finals = new Map<number, { readonly id: string; readonly stateRoot: string; readonly node: number }>();
  const lastFinal = new Map<number, Known>();
  const marks = new Map<string, string>();
  let finalHeight = 0;
  let reorganisations = 0;
  let seatChanges = 0;

  const know = (block: ChainBlock): Known => {
    const id = toHex(block.id);
    blocks.set(id, block.header);
    return { id, header: block.header };
  };

  /** All blocks from a new final one down to the last that this node held final. */
  const settle = (node: number, final: Known): void => {
    const before = lastFinal.get(node);
    if (before !== undefined && final.header.height < before.header.height) {
      return report('final-fell', `node ${node}: final fell from ${before.header.height} to ${final.header.height}`);
    }
    let at: Known | undefined = final;
    while (at !== undefined && at.header.height > (before?.header.height ?? 0)) {
      const { id, header } = at;
      const held = finals.get(header.height);
      const stateRoot = toHex(header.stateRoot);
      if (held === undefined) {
        finals.set(header.height, { id, stateRoot, node });
        if (!equalBytes(header.seatSetRoot, header.nextSeatSetRoot)) seatChanges++;
      } else if (held.id !== id) return report('final-conflict', `height ${header.height}: node ${node} holds ${id.slice(0, 12)} final, node ${held.node} holds ${held.id.slice(0, 12)}`);
      const parent = toHex(header.parent);
      const below = blocks.get(parent);
      at = below === undefined ? undefined : { id: parent, header: below };
    }
    if (before !== undefined && at !== undefined && at.header.height === before.header.height && at.id !== before.id) {
      return report('final-conflict', `node ${node}: the final block at ${final.header.height} does not descend from the one that was final at ${before.header.height}`);
    }
    lastFinal.set(node, final);
    finalHeight = Math.max(finalHeight, final.header.height);
  };

  const checkHead = (node: number, chain: Chain, head: ChainBlock): void => {
    if (!chain.treeView.isAncestor(chain.final.id, head.id)) report('head-off-final', `node ${node}: the head at ${head.height} does not descend from final ${chain.final.height}`);
    if (head.header.gasUsed > limits.blockGasMax) report('limit', `node ${node}: block ${head.height} uses ${head.header.gasUsed} gas of ${limits.blockGasMax}`);
    if (head.height - chain.final.height > limits.blocksAboveFinalMax) report('limit', `node ${node}: ${head.height - chain.final.height} blocks above final, at most ${limits.blocksAboveFinalMax} are held`);
    if (chain.pool.size > limits.poolMax) report('limit', `node ${node}: ${chain.pool.size} transactions wait, at most ${limits.poolMax} may`);
  };

  const listen = (node: number, chain: Chain) => (event: ChainEvent): void => {
    if (event.kind === 'head') {
      for (const block of event.apply) know(block);
      if (event.revert.length > 0) reorganisations++;
      checkHead(node, chain, event.head);
    }
    if (event.kind === 'final') settle(node, know(event.final));
  };

  return {
    attach(node, chain) {
      // What was replayed from the log was told to nobody.
      for (let at = chain.treeView.get(chain.head.id); at !== undefined; at = chain.treeView.get(at.parent)) blocks.set(toHex(at.id), at.header);
      settle(node, know(chain.final));
      checkHead(node, chain, chain.head);
      chain.listen(listen(node, chain));
    },
    forgive: (node) => void lastFinal.delete(node),
    signed(node, key, guard, message) {
      if (guard === undefined) return report('signed-twice', `node ${node} signed what its engine did not ask for`);
      const mark = `${toHex(key)} ${markOf(guard)}`;
      const digest = toHex(message);
      const before = marks.get(mark);
      if (before !== undefined && before !== digest) report('signed-twice', `node ${node} signed two messages for ${mark.slice(65)}`);
      marks.set(mark, digest);
    },
    get finalHeight() { return finalHeight; },
    finalId: (height) => finals.get(height)?.id,
    get reorganisations() { return reorganisations; },
    get seatChanges() { return seatChanges; },
  };
}

/** The state roots of final heights are those that the headers name, as each node computes them. */
export async function checkStateRoots(node: number, chain: Chain, heights: readonly number[], report: (kind: ViolationKind, message: string) => void): Promise<void> {
  for (const height of heights) {
    const found = await chain.stateAt(height);
    if (found !== undefined && !equalBytes(found.view.root, found.at.header.stateRoot)) report('state-root', `node ${node}: the state at final height ${height} is not the one that its header names`);
  }
}

/** What may be signed once: all that the guard names, but the source of a vote, as two votes for one target are two. */
function markOf(guard: Guard): string {
  return Object.entries(guard).filter(([name]) => name !== 'source').map(([, value]) => String(value)).join(' ');
}
