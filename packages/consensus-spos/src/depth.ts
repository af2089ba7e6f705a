import { equalBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import { type SposParams, sposSafeDepth } from './params.ts';
import type { Seat } from './seat-list.ts';

/** Finality by depth: what a branch remembers for it. */
export interface DepthContext {
  readonly final: Height;
  readonly safe: Height;
  /** Last height that each seat sealed on the branch, in order of seats; 0: none. */
  readonly lastHeights: readonly Height[];
}

/** Of so many seats, those that must have built on a block before it is final: the share that the parameters name for the first seats. */
export function finalityDepthOf({ finalityDepth, seats }: Pick<SposParams, 'finalityDepth' | 'seats'>, count: number): number {
  return Math.ceil((finalityDepth * count) / seats.length);
}

export function genesisDepth(height: Height, seats: readonly Seat[]): DepthContext {
  return { final: height, safe: height, lastHeights: seats.map(() => 0) };
}

/** After a block of the seat at this position. A seat is known by the key that seals, when others take over. */
export function stepDepth(params: Pick<SposParams, 'finalityDepth' | 'seats'>, parent: DepthContext, before: readonly Seat[], after: readonly Seat[], position: number, height: Height): DepthContext {
  const carried = before === after ? parent.lastHeights : after.map(({ mintKey }) => parent.lastHeights[before.findIndex((seat) => equalBytes(seat.mintKey, mintKey))] ?? 0);
  const lastHeights = carried.with(position, height);
  const final = Math.max(parent.final, finalByDepth(params, lastHeights));
  return { final, safe: Math.max(parent.safe, final, heightBelow(lastHeights, sposSafeDepth(lastHeights.length))), lastHeights };
}

/** Highest block with a quorum of distinct seats on top; below 0 when there is none. */
export function finalByDepth(params: Pick<SposParams, 'finalityDepth' | 'seats'>, lastHeights: readonly Height[]): Height {
  return heightBelow(lastHeights, finalityDepthOf(params, lastHeights.length));
}

function heightBelow(lastHeights: readonly Height[], seats: number): Height {
  const descending = lastHeights.toSorted((a, b) => b - a);
  return (descending[seats - 1] as number) - 1;
}
