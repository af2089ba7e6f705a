import { simulatedModule } from '@vsys/app-node/simulated-modules';
import type { BenchGoal, BenchRow, BenchRun } from '../bench.ts';
import { numberOption, numbersOption } from '../options.ts';
import { percentile, simulatedRun, wideArea } from '../simulated-run.ts';

/** The run ends with a check that all is final, which by depth takes a block of most seats. */
const HEAL_SLOTS_PER_SEAT = 3;
/** Blocks of the first slots are left out: nodes are still finding each other. */
const WARM_SLOTS = 2;

/**
 * Time from a block's own time until a node holds it final, over all blocks and nodes, in the virtual time of the simulator: real packages, messages of 20 to 220 ms, some
 * of them lost. Fifteen processes on two cores would measure the machine.
 */
export const runFinality: BenchRun = async (options, print) => {
  const chaosMs = 1_000 * numberOption(options, 'seconds');
  const periodMs = numberOption(options, 'slot');
  const rows: BenchRow[] = [];
  const goals: BenchGoal[] = [];
  for (const name of (options['modules'] ?? '').split(',')) {
    for (const seats of numbersOption(options, 'seats')) {
      const { finals, result, startMs, tookMs } = await simulatedRun({ module: simulatedModule(name), seats, periodMs, chaosMs, healMs: HEAL_SLOTS_PER_SEAT * seats * periodMs, faults: wideArea(seats, chaosMs, numberOption(options, 'loss')), seed: numberOption(options, 'seed') });
      const waits = finals.filter(({ madeAtMs, atMs }) => madeAtMs > startMs + WARM_SLOTS * periodMs && atMs < startMs + chaosMs).map(({ madeAtMs, atMs }) => atMs - madeAtMs);
      const [p50, p99] = [percentile(waits, 0.5), percentile(waits, 0.99)];
      rows.push({ module: name, seats, 'final p50 ms': p50, 'p99 ms': p99, 'p50 slots': p50 / periodMs, 'p99 slots': p99 / periodMs, blocks: new Set(finals.map(({ id }) => id)).size, 'events/s': (result.events * 1_000) / tookMs, 'simulated h': result.simulatedMs / 3_600_000, 'took s': tookMs / 1_000 });
      print(`${name} with ${seats} seats: final after ${Math.round(p50)} ms p50, ${Math.round(p99)} ms p99`);
      // Finality by depth takes a block of most seats, and has no goal.
      if (name.startsWith('spos')) goals.push({ metric: `${name}-${seats}-p50`, figure: p50 / periodMs, unit: 'slots', goal: { most: 1.2 } });
      if (name === 'bft') goals.push({ metric: `${name}-${seats}-p50`, figure: p50 / 1_000, unit: 's', goal: { most: 1 } });
    }
  }
  return { rows, goals };
};
