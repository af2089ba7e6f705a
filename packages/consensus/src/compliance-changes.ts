import { equalBytes } from '@vsys/primitives';
import { createBenchNetwork } from './compliance-network.ts';
import { must, usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import type { Sealed } from './compliance-node.ts';
import { assertNoConflict, mustProgress, patienceMs } from './compliance-progress.ts';
import { createHeaderChain } from './header-chain.ts';

/** What holds while producers change. */
export const changeChecks: readonly ConsensusCheck[] = [
  {
    property: 'set change',
    name: 'a producer gives its place to a newcomer while the network is cut, and the chain goes on under the new ones',
    under: ({ provides }) => provides.producers === 'changing',
    run: async (create, declared = usual) => {
      const subject = await create();
      const { keys, handover, spec, genesis } = subject;
      must(handover !== undefined, 'a module whose producers change brings a handover with its subject');
      const network = createBenchNetwork(subject, { keys: [...keys, handover.joins], weather: 5 });
      const msMax = patienceMs(subject);
      const [observer, newcomer] = [network.nodes[0], network.nodes.at(-1)];
      const leaver = network.nodes.find(({ key }) => equalBytes(key.bytes, handover.leaves.bytes));
      must(observer !== undefined && newcomer !== undefined && leaver !== undefined && leaver !== observer, 'who leaves is one of the producers, and not the first');
      await network.runUntil(() => network.nodes.every(({ tree }) => tree.head.height >= 3), msMax);
      network.setState(handover.state);
      network.split(network.nodes.map((_, i) => (i === 0 ? 1 : 0)));
      await network.runFor(msMax / 10);
      await network.heal();
      /** Final blocks at the observer that this node made: each marks its own with its number. */
      const madeBy = (index: number): readonly number[] => [...observer.finals].flatMap(([height, id]) => (observer.known.get(id)?.header.stateRoot[0] === index ? [height] : []));
      must(await network.runUntil(() => madeBy(newcomer.index).length > 0, 2 * msMax), 'the newcomer did not come in: no block of it became final');
      await mustProgress(network, { declared, blocks: keys.length + 2, msMax, what: 'the network did not go on under the new producers' });
      await network.close();
      assertNoConflict(network, true);
      const first = Math.min(...madeBy(newcomer.index));
      must(madeBy(leaver.index).every((height) => height < first), 'who left still makes blocks that become final');
      const followed = [...observer.finals].toSorted(([a], [b]) => a - b).map(([, id]) => observer.known.get(id) as Sealed);
      const light = createHeaderChain({ rules: subject.consensus.rules, spec, genesis, blockId: (header) => subject.blockId(header) });
      const verdict = light.extend(followed);
      must(verdict.ok, `a light client does not follow over the change: ${verdict.ok ? '' : verdict.message}`);
    },
  },
];
