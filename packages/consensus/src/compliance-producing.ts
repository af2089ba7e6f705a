import { createBench } from './compliance-bench.ts';
import { isSealedByKeys, must } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import { createSignerGuard } from './signer-guard.ts';


/** What producers owe, above all after a crash. */
export const producingChecks: readonly ConsensusCheck[] = [
  {
    property: 'restart',
    name: 'a restart never builds twice for one slot',
    under: isSealedByKeys,
    run: async (create) => {
      const subject = await create();
      let bench = createBench(subject, { nodes: [subject.keys], onBuild: () => 'fail' });
      const times = new Set<number>();
      for (let restart = 0; restart < 6; restart++) {
        for (let fired = 0; fired < 200 && bench.builds.length === 0; fired++) await bench.run(1, 1);
        must(bench.builds.length > 0, 'the engine asked for no build');
        for (const build of bench.builds) {
          must(!times.has(build.timeMs), `two builds for the time ${build.timeMs}`);
          times.add(build.timeMs);
        }
        // The crash comes right after the build was asked for; the clock stands.
        await bench.close();
        const { time, saved } = bench;
        bench = createBench(subject, { nodes: [subject.keys], time, ...(saved === undefined ? {} : { saved }), onBuild: () => 'fail' });
        await bench.settle();
        time.advance(0);
        await bench.settle();
      }
      await bench.close();
    },
  },
  {
    property: 'restart',
    name: 'what must be remembered is durable before a block is built',
    under: isSealedByKeys,
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject, { nodes: [subject.keys] });
      await bench.run(subject.keys.length + 2);
      await bench.close();
      bench.log.forEach((entry, i) => must(entry !== 'build' || bench.log[i - 1] === 'persist', 'a build was asked for before the slot was durable'));
    },
  },
  {
    property: 'restart',
    name: 'the signer guard allows every signature of an honest run',
    under: isSealedByKeys,
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject);
      await bench.run(2 * subject.keys.length + 2);
      await bench.close();
      const guard = createSignerGuard({ load: async () => undefined, save: async () => undefined });
      for (const { key, guard: asked } of bench.guards) {
        const verdict = await guard.allow(key, asked);
        must(verdict.ok, 'the guard refused an honest signature');
        must(!(await guard.allow(key, asked)).ok, 'the guard would allow the same signature twice');
      }
    },
  },
  {
    property: 'validity',
    name: 'an engine without keys builds nothing',
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject, { nodes: [[]] });
      await bench.run(1, 20);
      await bench.close();
      must(bench.builds.length === 0 && bench.guards.length === 0, 'an engine without keys asked for a build or a signature');
    },
  },
];
