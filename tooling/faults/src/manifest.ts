import type { Weather } from './tcp-proxy.ts';

/** One thing that is done to a node or between nodes, with its time from the start of the chaos. Plain data: a manifest is printed, kept and run again. */
export type Perturbation =
  /** SIGKILL; started again at `untilMs`. */
  | { readonly kind: 'kill'; readonly fromMs: number; readonly untilMs: number; readonly node: number }
  /** Asked to end, and started again at once. */
  | { readonly kind: 'restart'; readonly fromMs: number; readonly node: number }
  /** SIGSTOP until `untilMs`: to the others it is there and says nothing. */
  | { readonly kind: 'pause'; readonly fromMs: number; readonly untilMs: number; readonly node: number }
  /** Reaches no other node, and is reached by none. */
  | { readonly kind: 'disconnect'; readonly fromMs: number; readonly untilMs: number; readonly node: number }
  /** Nothing between two nodes of different sides; with `oneWay` only what the first side sends is lost. */
  | { readonly kind: 'cut'; readonly fromMs: number; readonly untilMs: number; readonly sides: readonly [readonly number[], readonly number[]]; readonly oneWay: boolean }
  /** The clock is wrong by so much; with `restarts` it comes right with a restart, when a slot may come a second time. */
  | { readonly kind: 'clock'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly skewMs: number; readonly restarts: boolean }
  /** Of all connections. */
  | { readonly kind: 'weather'; readonly fromMs: number; readonly untilMs: number; readonly weather: Weather };

export type PerturbationKind = Perturbation['kind'];

export interface ManifestNode {
  readonly role: 'seat' | 'observer';
  /** It is started when the chain has this height. Zero: from the beginning. */
  readonly startHeight: number;
  /** What a node that comes later begins with: nothing, or a copy of another node's block log, taken while that one runs. */
  readonly sync: 'network' | 'log';
}

/** All that a run is: the same manifest is the same run, as far as real processes have such a thing. */
export interface Manifest {
  readonly seed: number;
  readonly module: string;
  readonly slotMs: number;
  /** How long anything may go wrong. */
  readonly chaosMs: number;
  /** `namespaces` only where nothing has a weather, which the kernel does not make here. */
  readonly network: 'proxy' | 'namespaces';
  readonly nodes: readonly ManifestNode[];
  readonly perturbations: readonly Perturbation[];
}

export function endOfPerturbation(one: Perturbation): number {
  return 'untilMs' in one ? one.untilMs : one.fromMs;
}

/** A manifest that asks for what is not there would prove nothing. */
export function problemOfManifest({ nodes, chaosMs, network, perturbations }: Manifest): string | undefined {
  if (!nodes.some(({ role, startHeight }) => role === 'seat' && startHeight === 0)) return 'no seat runs from the beginning';
  for (const one of perturbations) {
    const words = JSON.stringify(one);
    if (one.fromMs < 0 || endOfPerturbation(one) > chaosMs || endOfPerturbation(one) < one.fromMs) return `${words} does not lie within the ${chaosMs} ms of chaos`;
    const named = 'node' in one ? [one.node] : one.kind === 'cut' ? one.sides.flat() : [];
    if (named.some((node) => nodes[node] === undefined)) return `${words} names a node that is not there`;
    if (one.kind === 'weather' && network === 'namespaces') return `${words}: the kernel of this machine has no weather; use the proxy`;
  }
  return undefined;
}
