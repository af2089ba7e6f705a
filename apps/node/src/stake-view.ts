/** What the stake of a chain looks like at one block, out of proven state. */
import type { SposParams } from '@vsys/consensus-spos';
import { accrue, earned, leaseKey, leaseRecordFromBytes, type LeaseRecord, mintingBalance, type Seat, SEAT_LIST_KEY, seatListFromBytes, stakeKey, type StakeRecord, stakeRecordFromBytes } from '@vsys/consensus-spos/ops';
import { type AccountId, toHex } from '@vsys/primitives';
import { type BlockRefJson, rpcLimits } from '@vsys/rpc';
import { type Client, ClientError } from '@vsys/rpc/client';
import { balanceKey, numberFromRecord } from '@vsys/transaction';

export interface AccountStake {
  readonly block: BlockRefJson;
  readonly balance: bigint;
  /** Absent: the account is not enrolled. */
  readonly record: StakeRecord | undefined;
  readonly effective: bigint;
  readonly minting: bigint;
  /** Those that stand, with what they earned and were not paid. */
  readonly leases: readonly { readonly id: number; readonly lease: LeaseRecord; readonly interest: bigint }[];
  /** Numbers below this one were not looked at. */
  readonly leasesFrom: number;
}

/** Numbers of leases that are looked up, the last ones: an account has no more than 256 at a time, but may have cancelled many. */
const LEASE_IDS_MAX = 1_024;

export async function seatsAt(client: Client, params: SposParams): Promise<{ readonly block: BlockRefJson; readonly seats: readonly (Seat & { readonly minting: bigint })[] }> {
  const { block, values: [list] } = await client.values([SEAT_LIST_KEY]);
  const seats = readSeats(list);
  const values = await valuesAt(client, seats.flatMap(({ account }) => [stakeKey(account), balanceKey(account)]), block.height);
  return { block, seats: seats.map((seat, i) => ({ ...seat, minting: weigh(params, readRecord(values[2 * i]), numberFromRecord(values[2 * i + 1]), block.height).minting })) };
}

export async function accountStakeAt(client: Client, params: SposParams, account: AccountId): Promise<AccountStake> {
  const { block, values: [bytes, coins] } = await client.values([stakeKey(account), balanceKey(account)]);
  const record = readRecord(bytes);
  const balance = numberFromRecord(coins);
  const next = record?.nextLease ?? 0;
  const leasesFrom = Math.max(0, next - LEASE_IDS_MAX);
  const ids = record === undefined || record.leases === 0 ? [] : Array.from({ length: next - leasesFrom }, (_, i) => leasesFrom + i);
  const found = (await valuesAt(client, ids.map((id) => leaseKey(account, id)), block.height)).flatMap((value, i) => (value === undefined ? [] : [{ id: ids[i] as number, lease: leaseRecordFromBytes(value) }]));
  const borrowers = [...new Map(found.map(({ lease }) => [toHex(lease.to), lease.to])).values()];
  const records = await valuesAt(client, borrowers.map(stakeKey), block.height);
  const interests = new Map(borrowers.map((one, i) => [toHex(one), readRecord(records[i])]));
  const leases = found.map(({ id, lease }) => {
    const borrower = interests.get(toHex(lease.to));
    return { id, lease, interest: borrower === undefined ? 0n : earned(accrue(borrower.interest, borrower.leasedIn, block.height), lease).paid };
  });
  return { block, balance, record, ...weigh(params, record, balance, block.height), leases, leasesFrom: ids.length === 0 ? 0 : leasesFrom };
}

/** @throws ClientError CLIENT_BAD_ANSWER when a chain without a list was taken for one that has one */
export function readSeats(bytes: Uint8Array | undefined): readonly Seat[] {
  const seats = seatListFromBytes(bytes ?? new Uint8Array());
  if (!seats.ok) throw new ClientError('CLIENT_BAD_ANSWER', `the state holds no list of seats: ${seats.message}`);
  return seats.value;
}

function readRecord(bytes: Uint8Array | undefined): StakeRecord | undefined {
  return bytes === undefined ? undefined : stakeRecordFromBytes(bytes);
}

/** As it would count in the next block. */
function weigh(params: SposParams, record: StakeRecord | undefined, balance: bigint, height: number): { readonly effective: bigint; readonly minting: bigint } {
  const effective = balance + (record?.leasedIn ?? 0n);
  return { effective, minting: record === undefined ? 0n : mintingBalance(params.stake, record.weight, effective, height + 1) };
}

async function valuesAt(client: Client, keys: readonly Uint8Array[], at: number): Promise<readonly (Uint8Array | undefined)[]> {
  const values: (Uint8Array | undefined)[] = [];
  for (let from = 0; from < keys.length; from += rpcLimits.keysMax) values.push(...(await client.values(keys.slice(from, from + rpcLimits.keysMax), { at })).values);
  return values;
}
