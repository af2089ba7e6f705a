import { concatBytes, invariant, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import { type FfgContext, ffgContextFromBytes, ffgContextToBytes } from '@vsys/finality-ffg';
import type { DepthContext } from './depth.ts';
import type { Standing } from './handover.ts';
import { type Seat, SEAT_BYTES, seatListFromBytes, seatListToBytes } from './seat-list.ts';

/** What a branch leaves behind for the next header. Its size depends on the number of seats only. */
export interface SposContext {
  readonly slot: number;
  readonly height: Height;
  /** Who stands at this block; who stands at the next, `standingOnTop` tells. */
  readonly standing: Standing;
  readonly finality: ({ readonly kind: 'depth' } & DepthContext) | { readonly kind: 'ffg'; readonly ffg: FfgContext };
}

const VERSION = 3;
const HAS_ANNOUNCED = 1;
const IS_FFG = 2;
const HEAD_BYTES = 2 + 3 * 8;

/** Highest block that the headers of the branch make final. */
export function recordedFinal({ finality }: Pick<SposContext, 'finality'>): Height {
  return finality.kind === 'ffg' ? finality.ffg.final.height : finality.final;
}

/**
 * Version u8, bits u8 (1: seats are announced, 2: finality by voting), slot, height, since u64, the seats standing; when announced, the height of the header u64 and its
 * seats; then the context of the gadget, or final, safe and the last height of each seat, u64.
 */
export function contextToBytes({ slot, height, standing, finality }: SposContext): Uint8Array {
  const { seats, since, announced } = standing;
  const bits = (announced === undefined ? 0 : HAS_ANNOUNCED) | (finality.kind === 'ffg' ? IS_FFG : 0);
  return concatBytes(
    Uint8Array.of(VERSION, bits), numbers(slot, height, since), seatListToBytes(seats),
    ...(announced === undefined ? [] : [numbers(announced.height), seatListToBytes(announced.seats)]),
    finality.kind === 'ffg' ? ffgContextToBytes(finality.ffg) : numbers(finality.final, finality.safe, ...finality.lastHeights),
  );
}

/** @throws InvariantError, BytesError on bytes that `contextToBytes` did not write */
export function contextFromBytes(bytes: Uint8Array): SposContext {
  invariant(bytes.length > HEAD_BYTES && bytes[0] === VERSION, 'a stored context is one that was encoded');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = bytes[1] as number;
  let at = 2;
  const number = (): number => Number(uint64FromBytes(bytes, (at += 8) - 8));
  const list = (): readonly Seat[] => {
    const length = 2 + view.getUint16(at) * SEAT_BYTES;
    const seats = seatListFromBytes(bytes.subarray(at, at + length));
    invariant(seats.ok, 'a stored context has lists of seats that were encoded');
    at += length;
    return seats.value;
  };
  const [slot, height, since] = [number(), number(), number()] as [number, number, number];
  const seats = list();
  const announced = bits & HAS_ANNOUNCED ? { announced: { height: number(), seats: list() } } : {};
  const standing = { seats, since, ...announced };
  if (bits & IS_FFG) return { slot, height, standing, finality: { kind: 'ffg', ffg: ffgContextFromBytes(bytes.slice(at)) } };
  const [final, safe] = [number(), number()] as [number, number];
  const lastHeights = seats.map(number);
  invariant(at === bytes.length, 'a stored context ends where it was encoded to');
  return { slot, height, standing, finality: { kind: 'depth', final, safe, lastHeights } };
}

function numbers(...values: readonly number[]): Uint8Array {
  return concatBytes(...values.map((value) => uint64ToBytes(BigInt(value))));
}
