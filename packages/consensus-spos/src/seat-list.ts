import { accept, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import type { AccountId, Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { containerPrefix } from '@vsys/container';

/** Who holds a seat: the account owns it and earns, the keys on the server seal blocks and vote. */
export interface Seat {
  /** Its slot in the round: a multiple of the gap. */
  readonly index: number;
  readonly account: AccountId;
  /** ed25519, as `voteKey`; the two may be one key. */
  readonly mintKey: Uint8Array;
  readonly voteKey: Uint8Array;
}

/** As the name of the module's container, in whose state the list lies. */
export const SPOS_CONTAINER = 'spos';
/** Under it lies the list of seats as they stand after a block. Those who seal and vote change with the epoch only: see docs/spec/consensus-spos.md. */
export const SEAT_LIST_KEY: Uint8Array = concatBytes(containerPrefix(SPOS_CONTAINER), Uint8Array.of(1));
/** Slots of a round, and so seats of a chain, at most: a header carries the whole list when it changes. */
export const SEATS_MAX = 60;

/** Of one seat in a list. */
export const SEAT_BYTES: number = 2 + 20 + 32 + 32;

/** Count u16; then per seat, in order of index, index u16, account 20, mint key 32, vote key 32. Big-endian. */
export function seatListToBytes(seats: readonly Seat[]): Uint8Array {
  const bytes = new Uint8Array(2 + seats.length * SEAT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, seats.length);
  seats.forEach(({ index, account, mintKey, voteKey }, i) => {
    const at = 2 + i * SEAT_BYTES;
    view.setUint16(at, index);
    bytes.set(account, at + 2);
    bytes.set(mintKey, at + 22);
    bytes.set(voteKey, at + 54);
  });
  return bytes;
}

/** Strict in form: length, count, and indexes that grow. Whether the seats may stand on this chain is for who writes the list. */
export function seatListFromBytes(bytes: Uint8Array): Verdict<readonly Seat[], 'SPOS_SEAT_LIST'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < 2 ? -1 : view.getUint16(0);
  if (count < 0 || count > SEATS_MAX || bytes.length !== 2 + count * SEAT_BYTES) return refuse('SPOS_SEAT_LIST', `${bytes.length} bytes are no list of at most ${SEATS_MAX} seats`);
  const seats: Seat[] = [];
  for (let i = 0; i < count; i++) {
    const at = 2 + i * SEAT_BYTES;
    const index = view.getUint16(at);
    if (index <= (seats.at(-1)?.index ?? -1)) return refuse('SPOS_SEAT_LIST', `seat ${index} does not follow ${seats.at(-1)?.index}`);
    seats.push({ index, account: bytes.slice(at + 2, at + 22), mintKey: bytes.slice(at + 22, at + 54), voteKey: bytes.slice(at + 54, at + 86) });
  }
  return accept(seats);
}

/** What headers commit to as `seatSetRoot` and `nextSeatSetRoot`. */
export function seatListRoot(seats: readonly Seat[]): Uint8Array {
  return taggedHash('v/spos/seats', seatListToBytes(seats));
}

export function sameSeats(a: readonly Seat[], b: readonly Seat[]): boolean {
  return equalBytes(seatListToBytes(a), seatListToBytes(b));
}
