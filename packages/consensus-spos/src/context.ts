import { concatBytes, invariant, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import type { LastHeights } from './depth.ts';
import type { Standing } from './handover.ts';
import { type Seat, SEAT_BYTES, seatListFromBytes, seatListToBytes } from './seat-list.ts';

/** What a branch leaves behind for the next header. Its size depends on the number of seats only. */
export interface SposContext {
  readonly slot: number;
  readonly height: Height;
  /** Highest block that the headers of the branch make final. */
  readonly final: Height;
  /** Highest block that the branch calls safe. */
  readonly safe: Height;
  /** Who stands at this block; who stands at the next, `standingAfter` tells. */
  readonly standing: Standing;
  readonly lastHeights: LastHeights;
}

const VERSION = 2;
const HAS_PREVIOUS = 1;
const HAS_ANNOUNCED = 2;
const HEAD_BYTES = 2 + 5 * 8;

/**
 * Version u8, bits of what is there u8 (1: previous, 2: announced), slot, height, final, safe, since u64; the seats; per seat its last height u64; the previous seats;
 * the height of the announcement u64 and its seats.
 */
export function contextToBytes({ slot, height, final, safe, standing, lastHeights }: SposContext): Uint8Array {
  const { seats, since, previous, announced } = standing;
  const present = (previous === undefined ? 0 : HAS_PREVIOUS) | (announced === undefined ? 0 : HAS_ANNOUNCED);
  return concatBytes(
    Uint8Array.of(VERSION, present), ...[slot, height, final, safe, since].map((value) => uint64ToBytes(BigInt(value))),
    seatListToBytes(seats), ...lastHeights.map((value) => uint64ToBytes(BigInt(value))),
    ...(previous === undefined ? [] : [seatListToBytes(previous)]),
    ...(announced === undefined ? [] : [uint64ToBytes(BigInt(announced.height)), seatListToBytes(announced.seats)]),
  );
}

/** @throws InvariantError on bytes that `contextToBytes` did not write */
export function contextFromBytes(bytes: Uint8Array): SposContext {
  invariant(bytes.length > HEAD_BYTES && bytes[0] === VERSION, 'a stored context is one that was encoded');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const present = bytes[1] as number;
  let at = 2;
  const number = (): number => Number(uint64FromBytes(bytes, (at += 8) - 8));
  const list = (): readonly Seat[] => {
    const length = 2 + view.getUint16(at) * SEAT_BYTES;
    const seats = seatListFromBytes(bytes.subarray(at, at + length));
    invariant(seats.ok, 'a stored context has lists of seats that were encoded');
    at += length;
    return seats.value;
  };
  const [slot, height, final, safe, since] = [number(), number(), number(), number(), number()] as [number, number, number, number, number];
  const seats = list();
  const lastHeights = seats.map(number);
  const previous = present & HAS_PREVIOUS ? { previous: list() } : {};
  const announced = present & HAS_ANNOUNCED ? { announced: { height: number(), seats: list() } } : {};
  invariant(at === bytes.length, 'a stored context ends where it was encoded to');
  return { slot, height, final, safe, standing: { seats, since, ...previous, ...announced }, lastHeights };
}
