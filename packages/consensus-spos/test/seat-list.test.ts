import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { type Seat, seatListFromBytes, seatListRoot, seatListToBytes, SEATS_MAX } from '../src/seat-list.ts';

const seat = (index: number): Seat => ({ index, account: new Uint8Array(20).fill(index), mintKey: new Uint8Array(32).fill(index + 1), voteKey: new Uint8Array(32).fill(index + 2) });

describe('the list of seats', () => {
  test.each([[0], [1], [SEATS_MAX]])('%i seats come back as they were', (count) => {
    const seats = Array.from({ length: count }, (_, i) => seat(i));
    expect(seatListFromBytes(seatListToBytes(seats))).toEqual({ ok: true, value: seats });
  });

  test.each([
    ['a byte too few', seatListToBytes([seat(0)]).slice(0, -1)],
    ['a byte too many', Uint8Array.of(...seatListToBytes([seat(0)]), 0)],
    ['nothing', new Uint8Array()],
    ['a seat twice', seatListToBytes([seat(3), seat(3)])],
    ['seats out of order', seatListToBytes([seat(4), seat(3)])],
    ['one seat more than there are slots', seatListToBytes(Array.from({ length: SEATS_MAX + 1 }, (_, i) => seat(i)))],
  ])('%s is refused', (_, bytes) => {
    expect(seatListFromBytes(bytes)).toMatchObject({ ok: false, code: 'SPOS_SEAT_LIST' });
  });

  test('its root moves with every byte', () => {
    const bytes = seatListToBytes([seat(0)]);
    const roots = new Set<string>();
    for (let at = 4; at < bytes.length; at++) {
      const other = bytes.slice();
      other[at] = (other[at] as number) ^ 1;
      const read = seatListFromBytes(other);
      if (read.ok) roots.add(toHex(seatListRoot(read.value)));
    }
    expect(roots.size).toBe(bytes.length - 4);
  });
});
