import type { BenchNetwork } from './compliance-network.ts';
import { createBenchNetwork } from './compliance-network.ts';
import { must, usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';

const SECOND_MS = 1_000;
/** Virtual time after which a side of a cut that makes no blocks is not waited for. */
const CUT_MS_PER_PRODUCER = 20_000;

/** What holds while the network is cut, and comes back when it is whole. */
export const cutChecks: readonly ConsensusCheck[] = [
  {
    name: 'one producer cut off from the others comes back to their branch, and no two finals conflict',
    run: async (create, { provides } = usual) => {
      const subject = await create();
      const { reorgBound } = subject.consensus;
      const producers = subject.keys.length;
      const network = createBenchNetwork(subject);
      const run = async (): Promise<void> => network.runFor(CUT_MS_PER_PRODUCER * producers);
      await run();
      network.split(subject.keys.map((_, i) => (i === 0 ? 1 : 0)));
      const [alone, other] = network.nodes;
      must(alone !== undefined && other !== undefined, 'the laws of cuts need two producers');
      if (provides.cuts === 'short') await runUntilLonger(network, Math.ceil((reorgBound ?? 2) / 2), CUT_MS_PER_PRODUCER * producers);
      else await run();
      must(alone.tree.get(other.tree.head.id) === undefined, 'the cut did not cut');
      await network.heal();
      await run();
      await network.close();
      assertNoConflict(network, provides.finality !== 'none');
      const heights = network.nodes.map(({ tree }) => tree.head.height);
      must(Math.max(...heights) - Math.min(...heights) <= 1, `the heads are at ${heights.join()}`);
      if (provides.finality === 'none') return;
      const finalHeights = network.nodes.map(({ tree }) => tree.final.height);
      must(Math.max(...heights) - Math.min(...finalHeights) <= Math.max(2 * producers, (reorgBound ?? 0) + 1), 'finality did not come back after the cut');
    },
  },
];

/** Until a side is so many blocks longer than it was. */
async function runUntilLonger(network: BenchNetwork, blocks: number, msMax: number): Promise<void> {
  const before = network.nodes.map(({ tree }) => tree.head.height);
  for (let ms = 0; ms < msMax && network.nodes.every(({ tree }, i) => tree.head.height < (before[i] as number) + blocks); ms += SECOND_MS) await network.runFor(SECOND_MS);
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
