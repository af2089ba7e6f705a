import { accept, concatBytes, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { type Seat, seatListFromBytes, seatListToBytes } from './seat-list.ts';

/** What a header carries for this rule. */
export interface SposExt {
  readonly slot: number;
  /** Index of the seat whose slot it is. */
  readonly seat: number;
  /** Seats that shall take over, where this header announces any. */
  readonly announces?: readonly Seat[];
}

const HEAD_BYTES = 10;

/** Slot u64, seat index u16; then the list of seats, if one is announced. Big-endian. */
export function sposExtToBytes({ slot, seat, announces }: SposExt): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, BigInt(slot));
  view.setUint16(8, seat);
  return announces === undefined ? head : concatBytes(head, seatListToBytes(announces));
}

/** Strict in form: takes only what `sposExtToBytes` writes. */
export function sposExtFromBytes(bytes: Uint8Array): Verdict<SposExt, 'SPOS_EXT'> {
  if (bytes.length < HEAD_BYTES) return refuse('SPOS_EXT', `expected at least ${HEAD_BYTES} bytes of ext, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slot = view.getBigUint64(0);
  if (slot > BigInt(Number.MAX_SAFE_INTEGER)) return refuse('SPOS_EXT', `slot ${slot} is beyond all time`);
  const numbers = { slot: Number(slot), seat: view.getUint16(8) };
  if (bytes.length === HEAD_BYTES) return accept(numbers);
  const announces = seatListFromBytes(bytes.subarray(HEAD_BYTES));
  return announces.ok ? accept({ ...numbers, announces: announces.value }) : refuse('SPOS_EXT', announces.message);
}
