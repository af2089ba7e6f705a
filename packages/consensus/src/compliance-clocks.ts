import { createBenchNetwork } from './compliance-network.ts';
import { must, usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import { assertNoConflict, mustProgress, patienceMs } from './compliance-progress.ts';

/** No module tolerates as much. */
const WRONG_MS = 10_000;

/** What clocks may do that are wrong. */
export const clockChecks: readonly ConsensusCheck[] = [
  {
    property: 'clock skew',
    name: 'clocks that differ by half of what is tolerated, either way, cost nothing',
    run: async (create, declared = usual) => {
      for (const sign of [1, -1]) {
        const subject = await create();
        const quarterMs = Math.floor(subject.consensus.rules.driftMs / 4);
        const network = createBenchNetwork(subject, { skewsMs: subject.keys.map((_, i) => (i % 2 === 0 ? sign : -sign) * quarterMs) });
        await mustProgress(network, { declared, blocks: subject.keys.length + 2, msMax: patienceMs(subject), what: 'the network did not go on with clocks that differ a little' });
        await network.close();
        must(network.nodes.every(({ parked }) => parked === 0), 'a block was parked although the clocks differ by less than is tolerated');
        assertNoConflict(network, declared.provides.finality !== 'none');
      }
    },
  },
  {
    property: 'clock skew',
    name: 'a clock that is wrong by more than is tolerated, either way, harms nobody else, and all come together when it is set right',
    run: async (create, declared = usual) => {
      for (const skewMs of [WRONG_MS, -WRONG_MS]) {
        const subject = await create();
        const { faultsMax = 0, rules } = subject.consensus;
        const network = createBenchNetwork(subject, { skewsMs: [skewMs] });
        const [, ...others] = network.nodes;
        if (faultsMax > 0) await mustProgress(network, { declared, blocks: subject.keys.length, msMax: patienceMs(subject), nodes: others, what: 'one wrong clock stops the others' });
        await network.runFor(2 * WRONG_MS);
        const aheadMs = Math.max(...others.map(({ aheadMsMax }) => aheadMsMax));
        must(aheadMs <= rules.driftMs, `a block ${aheadMs} ms ahead of the clock of who took it was taken; ${rules.driftMs} are tolerated`);
        network.setClock(0, 0);
        await network.heal();
        await mustProgress(network, { declared, blocks: subject.keys.length, msMax: patienceMs(subject), what: 'the network did not come together when the clock was set right' });
        await network.close();
        assertNoConflict(network, declared.provides.finality !== 'none');
      }
    },
  },
];
