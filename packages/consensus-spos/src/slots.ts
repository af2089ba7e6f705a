import type { Seat } from './seat-list.ts';
import type { SposParams } from './params.ts';

/** Slots are absolute: counted from 1970 UTC, so that nobody needs to agree on a beginning. */
export function slotOfTime({ slotMs }: Pick<SposParams, 'slotMs'>, timeMs: number): number {
  return Math.floor(timeMs / slotMs);
}

/** The seat whose slot it is: that of the same index in the round. Undefined where nobody holds it: the slot has no producer. */
export function seatOfSlot({ slots }: Pick<SposParams, 'slots'>, seats: readonly Seat[], slot: number): Seat | undefined {
  const index = slot % slots;
  return seats.find((seat) => seat.index === index);
}
