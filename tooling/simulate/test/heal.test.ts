import { expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { createSimulation, type Fault } from '@vsys/simulation';
import { simulatedModule } from '@vsys/app-node/simulated-modules';

const SPLIT_MS = 600_000;
const SLOT_MS = 4_000;
const SEATS = 4;

// Within which time halves meet depends on where in its wait each dial is: so several seeds, and several ends of the split.
test.each([['spos', 1, 0], ['spos', 2, 1_300], ['spos', 3, 2_900], ['bft', 2, 0], ['bft', 3, 1_700], ['bft', 4, 3_300]])('%s: two halves that were apart for ten minutes hold one new block final within 3 slots (seed %d)', async (name, seed, moreMs) => {
  const chaosMs = SPLIT_MS + moreMs;
  const faults: readonly Fault[] = [{ kind: 'cut', fromMs: 0, untilMs: chaosMs, sides: [[0, 1], [2, 3]], oneWay: false }];
  const holders = new Map<string, Set<number>>();
  let startMs: number | undefined;
  let wholeMs: number | undefined;
  const { violation } = await createSimulation({
    seed, module: simulatedModule(name), nodes: SEATS, periodMs: SLOT_MS, chaosMs, healMs: 60_000, faults,
    watch(node, { chain }, clock) {
      startMs ??= clock.nowMs();
      const healedMs = startMs + chaosMs;
      chain.listen((event) => {
        if (event.kind !== 'final' || event.final.header.timeMs < healedMs) return;
        const id = toHex(event.final.id);
        const held = (holders.get(id) ?? new Set()).add(node);
        holders.set(id, held);
        if (held.size === SEATS) wholeMs ??= clock.nowMs() - healedMs;
      });
    },
  }).run();
  expect(violation).toBeUndefined();
  expect(wholeMs).toBeLessThanOrEqual(3 * SLOT_MS);
}, 120_000);
