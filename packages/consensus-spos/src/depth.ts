import type { Height } from '@vsys/primitives';
import type { SposParams } from './params.ts';
import { sposSafeDepth } from './params.ts';
import type { Seat } from './seat-list.ts';
import { equalBytes } from '@vsys/primitives';

/** Last height that each seat sealed on a branch, in order of seats; 0: none. */
export type LastHeights = readonly number[];

/** Of so many seats, those that must have built on a block before it is final: the share that the parameters name for the first seats. */
export function finalityDepthOf({ finalityDepth, seats }: Pick<SposParams, 'finalityDepth' | 'seats'>, count: number): number {
  return Math.ceil((finalityDepth * count) / seats.length);
}

/** Highest block with a quorum of distinct seats on top; below 0 when there is none. */
export function finalByDepth(params: Pick<SposParams, 'finalityDepth' | 'seats'>, lastHeights: LastHeights): Height {
  return heightBelow(lastHeights, finalityDepthOf(params, lastHeights.length));
}

/** Highest block with more distinct seats on top than may misbehave; below 0 when there is none. */
export function safeByDepth(lastHeights: LastHeights): Height {
  return heightBelow(lastHeights, sposSafeDepth(lastHeights.length));
}

/** What stands of them for other seats: a seat is known by the key that seals. */
export function carryLastHeights(before: readonly Seat[], lastHeights: LastHeights, after: readonly Seat[]): LastHeights {
  if (before === after) return lastHeights;
  return after.map(({ mintKey }) => lastHeights[before.findIndex((seat) => equalBytes(seat.mintKey, mintKey))] ?? 0);
}

function heightBelow(lastHeights: LastHeights, seats: number): Height {
  const descending = lastHeights.toSorted((a, b) => b - a);
  return (descending[seats - 1] as number) - 1;
}
