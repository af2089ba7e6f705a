import { createBenchNetwork } from './compliance-network.ts';
import { usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import { assertNoConflict, mustProgress, patienceMs } from './compliance-progress.ts';

/** What goes on although some are away. */
export const livenessChecks: readonly ConsensusCheck[] = [
  {
    property: 'liveness',
    name: 'as many producers are away as may be: the others go on, and those come after them when they are back',
    run: async (create, declared = usual) => {
      const { keys, consensus } = await create();
      const faults = Math.min(consensus.faultsMax ?? 0, keys.length - 1);
      // The first, and then the last: whose turn comes early is away once, and once whose turn comes late.
      for (const away of [keys.slice(0, faults).map((_, i) => i), keys.slice(keys.length - faults).map((_, i) => keys.length - faults + i)]) {
        const subject = await create();
        const network = createBenchNetwork(subject, { away });
        const nodes = network.nodes.filter((_, i) => !away.includes(i));
        const msMax = patienceMs(subject);
        await mustProgress(network, { declared, blocks: keys.length + 2, msMax, nodes, what: `with ${faults} away the others did not go on` });
        for (const index of away) network.arrive(index);
        await mustProgress(network, { declared, blocks: 2, msMax, what: 'who was away did not follow' });
        await network.close();
        assertNoConflict(network, declared.provides.finality !== 'none');
        if (faults === 0) return;
      }
    },
  },
];
