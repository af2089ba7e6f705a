import type { Random } from '@vsys/primitives';
import { endOfFault, type Fault } from './fault.ts';

/** Decides of each message, from the faults that are at work when it is sent. */
export type Route = (from: string, to: string, bytes: number) => readonly number[];

const CALM_DELAY_MS = 12;

/**
 * @param nowMs - since the start of the run
 * @param names - of the nodes in order; a twin's is the last
 */
export function createWeather(faults: readonly Fault[], nodes: number, healAtMs: number, names: readonly string[], nowMs: () => number, random: Random & { below(below: number): number }): Route {
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const twin = faults.find((fault) => fault.kind === 'twin');
  const network = faults.filter(({ kind }) => ['weather', 'cut', 'withhold', 'late'].includes(kind));

  /** The twins speak to disjoint halves, and not to each other. */
  const splits = (from: number, to: number): boolean => {
    if (twin === undefined || twin.kind !== 'twin' || !twin.split) return false;
    const side = (node: number): number => (node === twin.seat ? 0 : node === nodes ? 1 : (node < twin.seat ? node : node - 1) % 2);
    const concerns = [from, to].some((node) => node === twin.seat || node === nodes);
    return concerns && side(from) !== side(to);
  };

  return (fromName, toName) => {
    const from = indexOf.get(fromName) as number;
    const to = indexOf.get(toName) as number;
    const now = nowMs();
    let lost = 0;
    let delayMaxMs = CALM_DELAY_MS;
    let copies = 0;
    let lateMs = 0;
    if (now < healAtMs && splits(from, to)) return [];
    for (const fault of network) {
      if (now < fault.fromMs || now >= endOfFault(fault)) continue;
      if (fault.kind === 'weather') {
        lost = fault.loss;
        copies = fault.copies;
        delayMaxMs = fault.delayMaxMs;
      }
      if (fault.kind === 'cut' && isCut(fault, from, to)) return [];
      if (fault.kind === 'withhold' && fault.node === from && fault.to.includes(to)) return [];
      if (fault.kind === 'late' && fault.node === from) lateMs = Math.max(lateMs, fault.delayMs);
    }
    const draw = (): number => 1 + random.below(delayMaxMs) + lateMs;
    if (random.below(1_000) < lost) return [];
    return random.below(1_000) < copies ? [draw(), draw()] : [draw()];
  };
}

function isCut({ sides, oneWay }: Extract<Fault, { kind: 'cut' }>, from: number, to: number): boolean {
  const a = sides.findIndex((side) => side.includes(from));
  const b = sides.findIndex((side) => side.includes(to));
  if (a < 0 || b < 0 || a === b) return false;
  return !oneWay || a === 0;
}
