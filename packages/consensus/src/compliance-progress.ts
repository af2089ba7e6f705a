import type { ConsensusSubject } from './compliance-bench.ts';
import { must } from './compliance-check.ts';
import type { Declared } from './compliance-check.ts';
import type { BenchNetwork } from './compliance-network.ts';
import type { BenchNode } from './compliance-node.ts';

/** Virtual time after which what has not happened is held never to happen. */
const PATIENCE_MS_PER_PRODUCER = 20_000;

/** A cut in which nobody makes a block is none. */
const BOUND_MIN = 4;

export function patienceMs({ keys }: Pick<ConsensusSubject, 'keys'>): number {
  return PATIENCE_MS_PER_PRODUCER * keys.length;
}

export interface ProgressWanted {
  readonly declared: Declared;
  /** So many blocks above the highest head that there is. */
  readonly blocks: number;
  readonly msMax: number;
  /** Of whom it is demanded. */
  readonly nodes?: readonly BenchNode[];
  /** Begins the sentence of who breaks it. */
  readonly what: string;
}

/** Heads go on, finality where there is one, and all stand on one branch but for what is under way. */
export async function mustProgress(network: BenchNetwork, { declared: { provides }, blocks, msMax, nodes = network.nodes, what }: ProgressWanted): Promise<void> {
  const heads = (): readonly number[] => nodes.map(({ tree }) => tree.head.height);
  const finals = (): readonly number[] => nodes.map(({ tree }) => tree.final.height);
  const [head, final] = [Math.max(...heads()) + blocks, Math.max(...finals()) + 1];
  const isDone = (): boolean => Math.min(...heads()) >= head && (provides.finality === 'none' || Math.min(...finals()) >= final) && Math.max(...heads()) - Math.min(...heads()) <= 1;
  must(await network.runUntil(isDone, msMax), `${what}: expected heads at ${head} or more and finals at ${final} or more, found heads at ${heads().join()} and finals at ${finals().join()}`);
}

/** No two nodes ever held two blocks final at one height. */
export function assertNoConflict(network: BenchNetwork, mustBeFinal: boolean): void {
  const finals = new Map<number, string>();
  for (const node of network.nodes) {
    must(!mustBeFinal || node.finals.size > 0, 'nothing became final at a node');
    for (const [height, id] of node.finals) {
      must((finals.get(height) ?? id) === id, `two blocks are final at height ${height}`);
      finals.set(height, id);
    }
  }
}

/**
 * Long enough for each side to make blocks, where a side can: until one made more than two for each producer. Where finality holds through short cuts only, no longer
 * than it does: until a side made half as many blocks as bound how far a head is taken back, and the one alone made one.
 */
export async function runWhileCut({ keys, consensus: { reorgBound } }: Pick<ConsensusSubject, 'keys' | 'consensus'>, network: BenchNetwork, { provides }: Declared): Promise<void> {
  const before = network.nodes.map(({ tree }) => tree.head.height);
  const made = (): readonly number[] => network.nodes.map(({ tree }, i) => tree.head.height - (before[i] as number));
  const bound = provides.cuts === 'short' ? Math.max(BOUND_MIN, reorgBound ?? 0) : undefined;
  const isLong = (): boolean => (bound === undefined ? Math.max(...made()) >= 2 * keys.length + 4 : (Math.max(...made()) >= bound / 2 && Math.min(...made()) > 0) || Math.max(...made()) >= bound - 2);
  await network.runUntil(isLong, patienceMs({ keys }));
}
