import { equalBytes } from '@vsys/primitives';
import type { SposParams } from '../params.ts';
import { SEAT_LIST_KEY, seatListToBytes } from '../seat-list.ts';
import { newStakeRecord } from './stake-draft.ts';
import { keyOwnerKey, stakeKey, TOUCHED_KEY } from './stake-layout.ts';
import { stakeRecordToBytes } from './stake-record.ts';

/** The seats of the spec and their accounts, all of them touched: the end of the first block notes what they hold, and their coins count from there on. */
export function genesisStake(params: SposParams): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  const { seats } = params;
  const records = seats.map(({ account, index }, i) => ({
    key: stakeKey(account), value: stakeRecordToBytes({ ...newStakeRecord(params.stake, 0), seat: index, touched: seats[i - 1]?.account ?? 'last' }),
  }));
  const last = seats.at(-1);
  return [
    { key: SEAT_LIST_KEY, value: seatListToBytes(seats) }, ...records, ...seats.flatMap(({ mintKey, voteKey, account }) => (equalBytes(mintKey, voteKey) ? [mintKey] : [mintKey, voteKey]).map((key) => ({ key: keyOwnerKey(key), value: account }))),
    ...(last === undefined ? [] : [{ key: TOUCHED_KEY, value: last.account }]),
  ];
}
