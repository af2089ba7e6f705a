import { toHex } from '@vsys/primitives';
import { createSimulation, type Fault, type SimulatedModule, type SimulationResult } from '@vsys/simulation';
import { BenchError } from './options.ts';

/** When a node of a simulated run held a block final, and when that block was made by its own header. All in virtual milliseconds. */
export interface FinalSeen {
  readonly node: number;
  readonly height: number;
  readonly id: string;
  readonly madeAtMs: number;
  readonly atMs: number;
}

export interface HeadSeen {
  readonly node: number;
  readonly height: number;
  readonly id: string;
  readonly atMs: number;
}

export interface SimulatedRun {
  readonly result: SimulationResult;
  readonly finals: readonly FinalSeen[];
  readonly heads: readonly HeadSeen[];
  /** Virtual time at which the run began. */
  readonly startMs: number;
  /** By the clock of the machine. */
  readonly tookMs: number;
}

export interface SimulatedRunOptions {
  readonly module: SimulatedModule;
  readonly seats: number;
  readonly periodMs: number;
  readonly chaosMs: number;
  readonly healMs: number;
  readonly faults: readonly Fault[];
  readonly seed: number;
}

/** Real nodes on a virtual clock, with what they held as head and final, and when. A promise that is broken ends the bench. */
export async function simulatedRun({ seats, ...options }: SimulatedRunOptions): Promise<SimulatedRun> {
  const finals: FinalSeen[] = [];
  const heads: HeadSeen[] = [];
  let startMs = 0;
  const beganMs = performance.now();
  const made = new Map<string, { readonly height: number; readonly timeMs: number; readonly parent: string }>();
  const result = await createSimulation({
    ...options, nodes: seats,
    watch(node, { chain }, clock) {
      if (startMs === 0) startMs = clock.nowMs();
      let told = chain.final.height;
      chain.listen((event) => {
        const atMs = clock.nowMs();
        if (event.kind === 'head') {
          const { height, id, header } = event.head;
          made.set(toHex(id), { height, timeMs: header.timeMs, parent: toHex(header.parent) });
          heads.push({ node, height, id: toHex(id), atMs });
        }
        if (event.kind !== 'final') return;
        // One event may make several blocks final.
        const news: FinalSeen[] = [];
        for (let id = toHex(event.final.id), block = made.get(id); block !== undefined && block.height > told; id = block.parent, block = made.get(id)) news.push({ node, height: block.height, id, madeAtMs: block.timeMs, atMs });
        finals.push(...news.reverse());
        told = Math.max(told, event.final.height);
      });
    },
  }).run();
  if (result.violation !== undefined) throw new BenchError('BENCH_FAILED', `${options.module.name} with ${seats} seats: ${result.violation.kind} after ${result.violation.atMs} ms: ${result.violation.message}`);
  return { result, finals, heads, startMs, tookMs: performance.now() - beganMs };
}

/** Delays of 20 to 220 ms for every message, and of each 1,000 so many lost. */
export function wideArea(seats: number, untilMs: number, loss: number): readonly Fault[] {
  return [
    { kind: 'weather', fromMs: 0, untilMs, loss, delayMaxMs: 200, copies: 0 },
    ...Array.from({ length: seats }, (_, node): Fault => ({ kind: 'late', fromMs: 0, untilMs, node, delayMs: 20 })),
  ];
}

/** Of sorted or unsorted figures; NaN of none. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = Float64Array.from(figures).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
