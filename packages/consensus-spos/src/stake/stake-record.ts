import { concatBytes, invariant, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { AccountId, Amount, Height } from '@vsys/primitives';
import type { Interest } from './interest.ts';
import type { Lot, Weight } from './minting-balance.ts';

/** What the chain knows of an enrolled account beside its coins. */
export interface StakeRecord {
  /** Index of the seat that it holds. */
  readonly seat: number | undefined;
  /** By evidence: it never contends again. */
  readonly convicted: boolean;
  /** First height at which it may contend again after it was displaced; 0: it was not. */
  readonly barredUntil: Height;
  readonly leasedIn: Amount;
  /** Leases that it gave and did not cancel. */
  readonly leases: number;
  readonly nextLease: number;
  readonly bond: Amount;
  /** First height at which the bond can be claimed, when the seat is gone. */
  readonly bondFreeAt: Height;
  /** Of its rewards, to its lessors, in thousandths; from `nextShareAt` on it is `nextShare`. */
  readonly share: number;
  readonly nextShare: number;
  readonly nextShareAt: Height;
  readonly interest: Interest;
  readonly weight: Weight;
  /** Within a block: the account that was touched before this one, or `last`. The end of the block walks them and clears it. */
  readonly touched: AccountId | 'last' | undefined;
}

export interface LeaseRecord {
  readonly to: AccountId;
  readonly amount: Amount;
  readonly height: Height;
  readonly perCoin: bigint;
  readonly rest: bigint;
}

/** Coins that came into being and left it by this container. */
export interface SupplyRecord {
  readonly minted: Amount;
  readonly burned: Amount;
}

const VERSION = 1;
const NO_SEAT = 0xffff;

/** docs/spec/consensus-spos-stake.md has the layout. */
export function stakeRecordToBytes(record: StakeRecord): Uint8Array {
  const { interest, weight, touched } = record;
  return concatBytes(
    Uint8Array.of(VERSION, record.convicted ? 1 : 0), uint16(record.seat ?? NO_SEAT), height(record.barredUntil),
    uint64ToBytes(record.leasedIn), uint32ToBytes(record.leases), uint32ToBytes(record.nextLease), uint64ToBytes(record.bond), height(record.bondFreeAt),
    uint16(record.share), uint16(record.nextShare), height(record.nextShareAt),
    uint64ToBytes(interest.pot), height(interest.endsAt), height(interest.at), uint128(interest.perCoin), uint64ToBytes(interest.rest), uint64ToBytes(interest.owed),
    uint64ToBytes(weight.effective), weightToBytes(weight),
    touched === undefined ? Uint8Array.of(0) : touched === 'last' ? Uint8Array.of(1) : concatBytes(Uint8Array.of(2), touched),
  );
}

/** Of bytes that `stakeRecordToBytes` wrote: records come from the state only. */
export function stakeRecordFromBytes(bytes: Uint8Array): StakeRecord {
  const read = createReader(bytes);
  invariant(read.uint8() === VERSION, 'a stake record is of the version that is written');
  const convicted = read.uint8() === 1;
  const seat = read.uint16();
  const record = {
    convicted, seat: seat === NO_SEAT ? undefined : seat, barredUntil: read.height(), leasedIn: read.uint64(), leases: read.uint32(), nextLease: read.uint32(),
    bond: read.uint64(), bondFreeAt: read.height(), share: read.uint16(), nextShare: read.uint16(), nextShareAt: read.height(),
    interest: { pot: read.uint64(), endsAt: read.height(), at: read.height(), perCoin: read.uint128(), rest: read.uint64(), owed: read.uint64() },
    weight: readWeight(read),
  };
  const mark = read.uint8();
  return { ...record, touched: mark === 0 ? undefined : mark === 1 ? 'last' : read.bytes(20) };
}

export function leaseRecordToBytes({ to, amount, height: from, perCoin, rest }: LeaseRecord): Uint8Array {
  return concatBytes(to, uint64ToBytes(amount), height(from), uint128(perCoin), uint64ToBytes(rest));
}

export function leaseRecordFromBytes(bytes: Uint8Array): LeaseRecord {
  const read = createReader(bytes);
  return { to: read.bytes(20), amount: read.uint64(), height: read.height(), perCoin: read.uint128(), rest: read.uint64() };
}

export function supplyRecordToBytes({ minted, burned }: SupplyRecord): Uint8Array {
  return concatBytes(uint64ToBytes(minted), uint64ToBytes(burned));
}

export function supplyRecordFromBytes(bytes: Uint8Array | undefined): SupplyRecord {
  if (bytes === undefined) return { minted: 0n, burned: 0n };
  const read = createReader(bytes);
  return { minted: read.uint64(), burned: read.uint64() };
}

function weightToBytes(weight: Weight): Uint8Array {
  if (weight.profile === 'v1-faithful') return concatBytes(Uint8Array.of(1), height(weight.height), uint64ToBytes(weight.weighted));
  return concatBytes(Uint8Array.of(0), uint64ToBytes(weight.ripe), Uint8Array.of(weight.lots.length), ...weight.lots.map(({ part, amount, late }) => concatBytes(uint32ToBytes(part), uint64ToBytes(amount), uint128(late))));
}

function readWeight(read: Reader): Weight {
  const effective = read.uint64();
  if (read.uint8() === 1) return { profile: 'v1-faithful', effective, height: read.height(), weighted: read.uint64() };
  const ripe = read.uint64();
  const lots = Array.from({ length: read.uint8() }, (): Lot => ({ part: read.uint32(), amount: read.uint64(), late: read.uint128() }));
  return { profile: 'spos', effective, ripe, lots };
}

type Reader = ReturnType<typeof createReader>;

function createReader(bytes: Uint8Array): {
  uint8(): number; uint16(): number; uint32(): number; uint64(): bigint; uint128(): bigint; height(): Height; bytes(length: number): Uint8Array;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const step = (length: number): number => (at += length) - length;
  const uint64 = (): bigint => view.getBigUint64(step(8));
  return {
    uint8: () => view.getUint8(step(1)), uint16: () => view.getUint16(step(2)), uint32: () => view.getUint32(step(4)), uint64,
    uint128: () => (uint64() << 64n) + uint64(), height: () => Number(uint64()),
    bytes: (length) => { const from = step(length); return bytes.slice(from, from + length); },
  };
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function uint128(value: bigint): Uint8Array {
  return concatBytes(uint64ToBytes(value >> 64n), uint64ToBytes(value & 0xffff_ffff_ffff_ffffn));
}

function height(value: Height): Uint8Array {
  return uint64ToBytes(BigInt(value));
}
