import { createSeededRandom } from '@vsys/primitives';
import type { Manifest, ManifestNode, Perturbation, PerturbationKind } from './manifest.ts';

export interface ManifestOptions {
  readonly seed: number;
  readonly module: string;
  /** `static`: one cut into two sides, or one node that is cut off, and then no clock that is wrong and nobody who is silent beside it. See `SimulatedModule.tolerates`. */
  readonly tolerates: 'any' | 'static';
  readonly chaosMs: number;
  readonly slotMs: number;
  readonly seats: number;
  /** Namespaces are there. */
  readonly namespaces: boolean;
}

type Seeded = ReturnType<typeof createSeededRandom>;

const KINDS: readonly PerturbationKind[] = ['kill', 'restart', 'pause', 'disconnect', 'cut', 'clock', 'weather'];
/** Of those that fit: a run of real processes is short, so each is there more often than not. */
const OUT_OF_TEN = 6;

/** Which nodes there are and what is done to them, drawn from the seed. */
export function drawManifest(options: ManifestOptions): Manifest {
  const { seed, module, chaosMs, slotMs, seats, namespaces, tolerates } = options;
  const random = createSeededRandom(seed ^ 0x5eed_fa57);
  const nodes = drawNodes(random, seats);
  const drawn = KINDS.flatMap((kind) => {
    const wanted = random.below(10) < OUT_OF_TEN;
    // Drawn even when it is not wanted: what other kinds draw does not depend on it.
    const those = drawKind(kind, createSeededRandom(random.below(0x7fff_ffff)), nodes, options);
    return wanted ? those : [];
  });
  const keep: PerturbationKind = random.below(2) === 0 ? 'cut' : 'disconnect';
  const withClock = random.below(2) === 0;
  const inKernel = random.below(2) === 0 && namespaces;
  const fit = tolerates === 'static' ? fitForDepth(drawn, keep, withClock) : drawn;
  const perturbations = (inKernel ? fit.filter(({ kind }) => kind !== 'weather') : fit).toSorted((a, b) => a.fromMs - b.fromMs);
  return { seed, module, slotMs, chaosMs, network: inKernel ? 'namespaces' : 'proxy', nodes, perturbations };
}

/** Finality by depth does not claim to survive seats that hear of the other side of a cut at different times, and neither do these runs. */
function fitForDepth(all: readonly Perturbation[], keep: PerturbationKind, withClock: boolean): readonly Perturbation[] {
  const isCut = ({ kind }: Perturbation): boolean => kind === 'cut' || kind === 'disconnect';
  const isUneven = ({ kind }: Perturbation): boolean => kind === 'clock' || kind === 'pause' || kind === 'weather';
  if (!all.some(isCut)) return all;
  const first = all.find(({ kind }) => kind === keep) ?? all.find(isCut);
  return withClock ? all.filter((one) => !isCut(one)) : all.filter((one) => !isUneven(one) && (!isCut(one) || one === first));
}

/** All seats from the beginning, and observers of whom some come later. */
function drawNodes(random: Seeded, seats: number): readonly ManifestNode[] {
  const observers = 1 + random.below(2);
  return [
    ...Array.from({ length: seats }, (): ManifestNode => ({ role: 'seat', startHeight: 0, sync: 'network' })),
    ...Array.from({ length: observers }, (): ManifestNode => ({ role: 'observer', startHeight: random.below(3) === 0 ? 0 : 3 + random.below(6), sync: random.below(2) === 0 ? 'network' : 'log' })),
  ];
}

function drawKind(kind: PerturbationKind, random: Seeded, nodes: readonly ManifestNode[], { chaosMs, slotMs, tolerates, seats }: ManifestOptions): readonly Perturbation[] {
  // A node that comes later may not be there yet.
  const first = nodes.flatMap(({ startHeight }, node) => (startHeight === 0 ? [node] : []));
  const node = (): number => first[random.below(first.length)] as number;
  const span = (slotsMin: number, slotsMax: number): { fromMs: number; untilMs: number } => {
    const longMs = Math.min(chaosMs, slotMs * (slotsMin + random.below(slotsMax - slotsMin + 1)));
    const fromMs = random.below(chaosMs - longMs + 1);
    return { fromMs, untilMs: fromMs + longMs };
  };
  const times = <T>(max: number, draw: () => T): T[] => Array.from({ length: 1 + random.below(max) }, draw);
  switch (kind) {
    case 'kill': return times(3, () => ({ kind, ...span(0, 6), node: node() }));
    case 'restart': return [{ kind, fromMs: random.below(chaosMs), node: node() }];
    case 'pause': return times(2, () => ({ kind, ...span(1, 6), node: node() }));
    case 'disconnect': return [{ kind, ...span(3, 12), node: node() }];
    case 'cut': return [{ kind, ...span(3, 12), sides: twoSides(random, nodes.length, seats), oneWay: tolerates === 'any' && random.below(2) === 0 }];
    case 'clock': return [{ kind, ...span(3, 12), node: node(), skewMs: random.below(3 * slotMs + 1) - Math.floor(1.5 * slotMs), restarts: random.below(2) === 0 }];
    case 'weather': {
      const delayMsMin = random.below(Math.floor(slotMs / 10));
      return [{ kind, fromMs: 0, untilMs: chaosMs, weather: { delayMsMin, delayMsMax: delayMsMin + random.below(Math.floor(slotMs / 5)), loss: random.below(60), resets: random.below(4), bytesPerSecond: random.below(2) === 0 ? 0 : 200_000 } }];
    }
  }
}

/** Seats on both sides. */
function twoSides(random: Seeded, nodes: number, seats: number): readonly [readonly number[], readonly number[]] {
  const sides: [number[], number[]] = [[], []];
  const cut = 1 + random.below(seats - 1);
  const turn = random.below(seats);
  for (let node = 0; node < nodes; node++) sides[node < seats ? ((node + turn) % seats < cut ? 0 : 1) : random.below(2) as 0 | 1].push(node);
  return sides;
}
