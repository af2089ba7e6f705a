import { createBenchNetwork } from './compliance-network.ts';
import { must, usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import { assertNoConflict, mustProgress, patienceMs, runWhileCut } from './compliance-progress.ts';

/** What holds while the network is cut, and comes back when it is whole. */
export const cutChecks: readonly ConsensusCheck[] = [
  {
    property: 'agreement',
    name: 'one producer cut off from the others comes back to their branch, and no two finals conflict',
    run: async (create, declared = usual) => {
      const subject = await create();
      const network = createBenchNetwork(subject, { weather: 1 });
      await network.runUntil(() => network.nodes.every(({ tree }) => tree.head.height >= subject.keys.length), patienceMs(subject));
      // Not who made the last block: its turn is far, and alone it might make none.
      const [maker = 0] = network.nodes[0]?.tree.head.header.stateRoot ?? [];
      const at = (maker + 1) % subject.keys.length;
      network.split(subject.keys.map((_, i) => (i === at ? 1 : 0)));
      const [alone, other] = [network.nodes[at], network.nodes[maker]];
      must(alone !== undefined && other !== undefined && alone !== other, 'the laws of cuts need two producers');
      await runWhileCut(subject, network, declared);
      must(alone.tree.get(other.tree.head.id) === undefined, 'the cut did not cut');
      await network.heal();
      assertNoConflict(network, false);
      await mustProgress(network, { declared, blocks: subject.keys.length, msMax: 2 * patienceMs(subject), what: 'the network did not come together after the cut' });
      await network.close();
      assertNoConflict(network, declared.provides.finality !== 'none');
    },
  },
  {
    property: 'partition',
    name: 'halves that cannot hear each other come together when they can, and go on',
    run: async (create, declared = usual) => {
      const subject = await create();
      const network = createBenchNetwork(subject);
      await network.runUntil(() => network.nodes.every(({ tree }) => tree.head.height >= 3), patienceMs(subject));
      network.split(subject.keys.map((_, i) => i % 2));
      await runWhileCut(subject, network, declared);
      await network.heal();
      await mustProgress(network, { declared, blocks: subject.keys.length, msMax: 2 * patienceMs(subject), what: 'the network did not come together after the cut' });
      await network.close();
      assertNoConflict(network, declared.provides.finality !== 'none');
    },
  },
  {
    property: 'reorganisation',
    name: 'a head is taken back by no more blocks than the module declares',
    run: async (create, declared = usual) => {
      const subject = await create();
      const { reorgBound } = subject.consensus;
      const network = createBenchNetwork(subject, { weather: 3 });
      for (const alone of [0, 1]) {
        await network.runUntil(() => network.nodes.every(({ tree }) => tree.head.height >= 2), patienceMs(subject));
        network.split(subject.keys.map((_, i) => (i === alone ? 1 : 0)));
        await runWhileCut(subject, network, declared);
        await network.heal();
        const head = Math.max(...network.nodes.map(({ tree }) => tree.head.height));
        await network.runUntil(() => network.nodes.every(({ tree }) => tree.head.height > head), patienceMs(subject) / 4);
      }
      const deepestOf = (): number => Math.max(...network.nodes.map(({ deepestReorg }) => deepestReorg));
      // A law that saw no head taken back has judged nothing.
      if (declared.provides.finality !== 'instant') await network.runUntil(() => deepestOf() > 0, patienceMs(subject));
      await network.close();
      const deepest = deepestOf();
      must(reorgBound === undefined || deepest <= reorgBound, `a head was taken back by ${deepest} blocks, and the module declares at most ${reorgBound}`);
    },
  },
];
