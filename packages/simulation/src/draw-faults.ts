import { createSeededRandom } from '@vsys/primitives';
import type { Fault, FaultKind } from './fault.ts';

export interface FaultOptions {
  readonly seed: number;
  /** Seats, each on a node of its own. A twin is the node after the last. */
  readonly nodes: number;
  /** No fault lasts longer. */
  readonly chaosMs: number;
  /** Length of a slot: faults are measured in it. */
  readonly periodMs: number;
  /** Kinds that may be drawn. */
  readonly kinds: readonly FaultKind[];
  /** `static`: one cut at most, into two sides that stay, and no log that rots behind a bad network. `any`: several, which overlap, go one way, and have nodes that reach both sides. */
  readonly cuts: 'any' | 'static';
  /** No cut lasts longer; in periods. Absent: 30. */
  readonly cutPeriodsMax?: number;
}

const CUT_PERIODS_MAX = 30;

type Seeded = ReturnType<typeof createSeededRandom>;

/**
 * Which faults exist in a run, and how strong: drawn from the seed, so that many runs have many mixtures (swarm testing). Each kind is there in about
 * half of the seeds, as some faults hide others.
 */
export function drawFaults(options: FaultOptions): readonly Fault[] {
  const random = createSeededRandom(options.seed ^ 0x5eed_fa17);
  const faults: Fault[] = [];
  for (const kind of FAULT_KINDS) {
    const wanted = random.below(2) === 0;
    // Drawn even when it is not wanted: what other kinds draw does not depend on it.
    const drawn = drawKind(kind, createSeededRandom(random.below(0x7fff_ffff)), options);
    if (wanted && options.kinds.includes(kind)) faults.push(...drawn);
  }
  // Drawn apart: what a seed draws of other kinds is the same for a module whose keys do not change.
  const rekey = createSeededRandom(options.seed ^ 0x4e4b_e75a);
  if (options.kinds.includes('rekey') && rekey.below(2) === 0) {
    faults.push(...Array.from({ length: 1 + rekey.below(3) }, () => ({ kind: 'rekey', fromMs: rekey.below(options.chaosMs), seat: rekey.below(options.nodes) }) as const));
  }
  const together = options.cuts === 'static' ? fitForDepth(faults, random.below(4) === 0, random.below(2) === 0) : faults;
  return together.toSorted((a, b) => a.fromMs - b.fromMs);
}

/**
 * What finality by depth does not claim to survive is not drawn together. A node whose log is gone begins anew and has forgotten what it built on, so no log
 * rots behind a bad network; and seats that hear of a cut's other side at different times build on both in turn, so nothing is withheld or late beside a cut.
 */
function fitForDepth(faults: readonly Fault[], keepRot: boolean, keepCut: boolean): readonly Fault[] {
  const isRot = (fault: Fault): boolean => fault.kind === 'rot' && fault.part === 'log';
  const isUneven = ({ kind }: Fault): boolean => ['withhold', 'late'].includes(kind);
  const isCut = ({ kind }: Fault): boolean => kind === 'cut';
  const isNetwork = (fault: Fault): boolean => fault.kind === 'weather' || isCut(fault) || isUneven(fault);
  const kept = faults.some(isRot) ? faults.filter((fault) => !(keepRot ? isNetwork : isRot)(fault)) : faults;
  return kept.some(isCut) ? kept.filter((fault) => !(keepCut ? isUneven : isCut)(fault)) : kept;
}

export const FAULT_KINDS: readonly FaultKind[] = ['weather', 'cut', 'disconnect', 'crash', 'crashAtWrite', 'skew', 'diskFull', 'diskSlow', 'rot', 'twin', 'withhold', 'late'];

function drawKind(kind: FaultKind, random: Seeded, { nodes, chaosMs, periodMs, cuts, cutPeriodsMax = CUT_PERIODS_MAX }: FaultOptions): readonly Fault[] {
  const node = (): number => random.below(nodes);
  /** A stretch of time inside the chaos, of so many periods. */
  const span = (periodsMin: number, periodsMax: number): { fromMs: number; untilMs: number } => {
    const longMs = Math.min(chaosMs, periodMs * (periodsMin + random.below(periodsMax - periodsMin + 1)));
    const fromMs = random.below(chaosMs - longMs + 1);
    return { fromMs, untilMs: fromMs + longMs };
  };
  const times = <T>(max: number, draw: () => T): T[] => Array.from({ length: 1 + random.below(max) }, draw);
  switch (kind) {
    case 'weather':
      return [{ kind, fromMs: 0, untilMs: chaosMs, loss: random.below(301), delayMaxMs: 1 + random.below(Math.floor(periodMs * 0.6)), copies: random.below(501) }];
    case 'cut':
      return cuts === 'static' ? [{ kind, ...span(Math.min(4, cutPeriodsMax), Math.min(CUT_PERIODS_MAX, cutPeriodsMax)), sides: twoSides(random, nodes), oneWay: false }]
        : times(3, () => ({ kind, ...span(Math.min(4, cutPeriodsMax), Math.min(25, cutPeriodsMax)), sides: sidesWithBridges(random, nodes), oneWay: random.below(3) === 0 }));
    case 'disconnect':
      return times(6, () => ({ kind, fromMs: random.below(chaosMs), a: node(), b: node() })).filter(({ a, b }) => a !== b);
    case 'crash':
      return times(4, () => ({ kind, ...span(0, 12), node: node(), power: random.below(2) === 0 })).map((fault) => {
        // Half of them come back within the slot in which they died, where a node could sign twice.
        const quickMs = fault.fromMs + 20 + random.below(Math.floor(periodMs / 2));
        return random.below(2) === 0 && quickMs <= chaosMs ? { ...fault, untilMs: quickMs } : fault;
      });
    case 'crashAtWrite':
      return times(5, () => ({ kind, ...span(6, 20), node: node(), writes: 1 + random.below(12), moment: random.below(2) === 0 ? 'before' as const : 'after' as const, downMs: 20 + random.below(periodMs), power: random.below(2) === 0 }));
    case 'skew':
      return times(2, () => ({ kind, ...span(5, 40), node: node(), skewMs: random.below(4 * periodMs + 1) - 2 * periodMs, restarts: random.below(2) === 0 }));
    case 'diskFull':
      return [{ kind, ...span(1, 8), node: node() }];
    case 'diskSlow':
      return times(2, () => ({ kind, ...span(3, 20), node: node(), slowMs: 20 + random.below(Math.floor(periodMs / 2)) }));
    case 'rot':
      return [{ kind, fromMs: random.below(chaosMs), node: node(), part: random.below(4) === 0 ? 'durable' : 'log', pick: random.below(1_000) }];
    case 'twin':
      return [{ kind, fromMs: 0, seat: node(), split: random.below(2) === 0 }];
    case 'withhold':
      return times(2, () => {
        const from = node();
        return { kind, ...span(3, 20), node: from, to: others(nodes, from).filter(() => random.below(2) === 0) };
      });
    case 'late':
      return times(2, () => ({ kind, ...span(3, 20), node: node(), delayMs: Math.floor(periodMs / 4) + random.below(4 * periodMs) }));
    case 'rekey':
      return [];
  }
}

function others(nodes: number, but: number): number[] {
  return Array.from({ length: nodes }, (_, node) => node).filter((node) => node !== but);
}

function twoSides(random: Seeded, nodes: number): readonly (readonly number[])[] {
  const order = shuffled(random, nodes);
  const cut = 1 + random.below(nodes - 1);
  return [order.slice(0, cut), order.slice(cut)];
}

/** Two sides, and nodes that stand on neither: bridges, which reach both. */
function sidesWithBridges(random: Seeded, nodes: number): readonly (readonly number[])[] {
  const sides: number[][] = [[], []];
  // The node after the last seat is the twin, where there is one.
  for (const [i, node] of [...shuffled(random, nodes), nodes].entries()) {
    const bridges = i > 1 && random.below(8) === 0;
    if (!bridges) (sides[i < 2 ? i : random.below(2)] as number[]).push(node);
  }
  return sides;
}

function shuffled(random: Seeded, nodes: number): number[] {
  const order = Array.from({ length: nodes }, (_, node) => node);
  for (let i = nodes - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
