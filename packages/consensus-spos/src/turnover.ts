import { equalBytes } from '@vsys/primitives';
import type { SposParams } from './params.ts';
import { problemOfSeats } from './params.ts';
import { type Seat, seatListFromBytes, seatListToBytes, SEATS_MAX } from './seat-list.ts';

/**
 * Seats that may change with one epoch: less than a third, so that those who leave cannot stop the finality that their leaving needs. One may
 * always change, as otherwise three seats would stay for ever; and whoever stands alone may hand over to anybody.
 */
export function turnoverMax(seats: number): number {
  return seats === 1 ? SEATS_MAX : Math.max(1, Math.ceil(seats / 3) - 1);
}

/** Positions that another seat holds in one list than in the other, or that only one list has. */
export function countChanges(before: readonly Seat[], after: readonly Seat[]): number {
  return changesOf(before, after).length;
}

/**
 * The seats of the next epoch: those that stand, with as many changes towards what is wanted as an epoch may have. Seats that are left come first, then those
 * that another takes, then other keys of the same holder, each in order of index: a holder who changes its keys every epoch, which costs it next to nothing,
 * must not keep others from a seat that they won, nor one in place who was convicted. But while fewer stand than are wanted, empty seats are filled first: else seats
 * that are left and taken again without end would leave ever fewer standing. Where a new holder or its key still has another seat, that position stays empty until the
 * next epoch.
 *
 * @param wanted - as the state has it; a list that cannot stand on the chain changes nothing
 */
export function limitTurnover(params: Pick<SposParams, 'slots' | 'gap'>, current: readonly Seat[], wanted: readonly Seat[]): readonly Seat[] {
  if (problemOfSeats(params, wanted) !== undefined) return current;
  if (current.length === 1) return wanted;
  const max = turnoverMax(current.length);
  const held = new Map(current.map((seat) => [seat.index, seat]));
  let waiting = changesOf(current, wanted).toSorted((a, b) => urgency(a) - urgency(b));
  /** What comes to stand there now. */
  const result = ({ index, seat }: Change): Seat | undefined => (seat === undefined || [...held.values()].some((other) => other.index !== index && clash(other, seat)) ? undefined : seat);
  for (let changed = 0; changed < max; changed++) {
    const first = held.size < wanted.length ? waiting.filter(({ before }) => before === undefined) : [];
    // A position that waits for its holder to leave another one is no change.
    const next = [...first, ...waiting].find((change) => result(change) !== held.get(change.index));
    if (next === undefined) break;
    const stands = result(next);
    if (stands === undefined) held.delete(next.index);
    else held.set(next.index, stands);
    waiting = waiting.filter((change) => change !== next);
  }
  return [...held.values()].toSorted((a, b) => a.index - b.index);
}

/** What the state holds under the key of the list. Undefined for anything else: the seats stay. */
export function seatsOfState(bytes: Uint8Array | undefined): readonly Seat[] | undefined {
  const seats = bytes === undefined ? undefined : seatListFromBytes(bytes);
  return seats?.ok === true ? seats.value : undefined;
}

interface Change {
  readonly index: number;
  readonly before: Seat | undefined;
  readonly seat: Seat | undefined;
}

function urgency({ before, seat }: Change): number {
  if (seat === undefined) return 0;
  return before !== undefined && equalBytes(before.account, seat.account) ? 2 : 1;
}

function changesOf(before: readonly Seat[], after: readonly Seat[]): readonly Change[] {
  const [old, next] = [before, after].map((seats) => new Map(seats.map((seat) => [seat.index, seat]))) as [Map<number, Seat>, Map<number, Seat>];
  const indexes = [...new Set([...old.keys(), ...next.keys()])].toSorted((a, b) => a - b);
  return indexes.filter((index) => !sameSeat(old.get(index), next.get(index))).map((index) => ({ index, before: old.get(index), seat: next.get(index) }));
}

function sameSeat(a: Seat | undefined, b: Seat | undefined): boolean {
  return a !== undefined && b !== undefined && equalBytes(seatListToBytes([a]), seatListToBytes([b]));
}

function clash(a: Seat, b: Seat): boolean {
  return equalBytes(a.account, b.account) || [a.mintKey, a.voteKey].some((key) => equalBytes(key, b.mintKey) || equalBytes(key, b.voteKey));
}
