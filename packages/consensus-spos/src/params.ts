import { accept, compareBytes, concatBytes, equalBytes, fromHex, refuse, toHex } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { checkStakeParams, STAKE_SECTION_BYTES, stakeParamsFromBytes, stakeParamsFromJson, stakeParamsToBytes, stakeParamsToJson } from './stake/stake-params.ts';
import type { StakeParams } from './stake/stake-params.ts';
import { type Seat, seatListFromBytes, seatListToBytes, SEATS_MAX } from './seat-list.ts';

export interface SposParams {
  /** Length of a slot. */
  readonly slotMs: number;
  /** Positions for seats, and so slots of a round; the white paper has 60. */
  readonly slots: number;
  /** Distance between usable positions: 4, 2 or 1 give 15, 30 or 60 seats of 60 slots. */
  readonly gap: number;
  /** Blocks of an epoch: seats change with its first block only. */
  readonly epochBlocks: number;
  /** By voting (`ffg@1`), or by how many seats built on a block: weaker, and kept for comparison. */
  readonly finality: 'ffg' | 'depth';
  /**
   * By depth: of the seats of the first epoch, so many distinct ones must have built on a block before it is final; another number of seats needs its share of
   * them. By voting: 0.
   */
  readonly finalityDepth: number;
  /** Seats of the first epoch, in order of index. */
  readonly seats: readonly Seat[];
  readonly stake: StakeParams;
}

export const sposDefaults: Omit<SposParams, 'seats' | 'finalityDepth' | 'stake'> = { slotMs: 1_000, slots: 60, gap: 1, epochBlocks: 900, finality: 'ffg' };

const VERSION = 3;
const HEAD_BYTES = 16;
const FINALITY_BYTE = { depth: 1, ffg: 2 } as const;
const EPOCH_BLOCKS_MAX = 1_000_000;

/** Two thirds of the seats and one seat more. */
export function sposQuorum(seats: number): number {
  return Math.floor((2 * seats) / 3) + 1;
}

/** Distinct seats on top of a block that make it safe: one more than may misbehave, which is less than a third. */
export function sposSafeDepth(seats: number): number {
  return Math.floor((seats - 1) / 3) + 1;
}

/** Ranges of every field; order and uniqueness of seats, accounts and keys. */
export function checkSposParams(params: SposParams): Verdict<void, 'SPOS_PARAMS'> {
  const { slotMs, slots, gap, epochBlocks, finality, seats, finalityDepth } = params;
  const wrong = (message: string): Verdict<void, 'SPOS_PARAMS'> => refuse('SPOS_PARAMS', message);
  if (!isWhole(slotMs, 10, 3_600_000)) return wrong(`slotMs: expected 10 to 3,600,000, found ${slotMs}`);
  if (!isWhole(slots, 1, SEATS_MAX)) return wrong(`slots: expected 1 to ${SEATS_MAX}, found ${slots}`);
  if (!isWhole(gap, 1, slots) || slots % gap !== 0) return wrong(`gap: expected a divisor of ${slots}, found ${gap}`);
  if (!isWhole(epochBlocks, 1, EPOCH_BLOCKS_MAX)) return wrong(`epochBlocks: expected 1 to ${EPOCH_BLOCKS_MAX}, found ${epochBlocks}`);
  const problem = problemOfSeats(params, seats);
  if (problem !== undefined) return wrong(`seats: ${problem}`);
  if (finality === 'ffg' && finalityDepth !== 0) return wrong('finalityDepth: there is one only with finality "depth"');
  if (finality === 'depth' && !isWhole(finalityDepth, 1, seats.length)) return wrong(`finalityDepth: expected 1 to ${seats.length}, found ${finalityDepth}`);
  if (finality === 'depth' && 2 * finalityDepth <= seats.length) return wrong(`finalityDepth: expected more than half of ${seats.length} seats, found ${finalityDepth}`);
  return checkStakeParams(params.stake);
}

/** Why these seats cannot stand on a chain of such slots; undefined when they can. */
export function problemOfSeats({ slots, gap }: Pick<SposParams, 'slots' | 'gap'>, seats: readonly Seat[]): string | undefined {
  if (seats.length < 1 || seats.length > slots / gap) return `expected 1 to ${slots / gap}, found ${seats.length}`;
  let before = -1;
  const taken = new Set<string>();
  for (const { index, account, mintKey, voteKey } of seats) {
    if (!isWhole(index, 0, slots - 1) || index % gap !== 0) return `index ${index} is not a multiple of the gap ${gap} below ${slots}`;
    if (index <= before) return `index ${index} does not follow ${before}`;
    if (account.length !== 20) return `the account of seat ${index} has ${account.length} bytes, expected 20`;
    if (mintKey.length !== 32 || voteKey.length !== 32) return `a key of seat ${index} has ${mintKey.length === 32 ? voteKey.length : mintKey.length} bytes, expected 32`;
    // One key in two seats would count twice towards the quorum.
    const names = new Set([`account ${toHex(account)}`, `key ${toHex(mintKey)}`, `key ${toHex(voteKey)}`]);
    for (const name of names) {
      if (taken.has(name)) return `${name} holds two seats`;
      taken.add(name);
    }
    before = index;
  }
  return undefined;
}

/** Version 3, slotMs u32, slots u16, gap u16, epochBlocks u32, finality u8 (1: depth, 2: ffg), finalityDepth u16; then the list of seats, then those of the stake. Big-endian. Does not check: see `checkSposParams`. */
export function sposParamsToBytes(params: SposParams): Uint8Array {
  const seats = seatListToBytes(params.seats);
  const bytes = new Uint8Array(HEAD_BYTES + seats.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, params.slotMs);
  view.setUint16(5, params.slots);
  view.setUint16(7, params.gap);
  view.setUint32(9, params.epochBlocks);
  view.setUint8(13, FINALITY_BYTE[params.finality]);
  view.setUint16(14, params.finalityDepth);
  bytes.set(seats, HEAD_BYTES);
  return concatBytes(bytes, stakeParamsToBytes(params.stake));
}

/** Strict: accepts only what `sposParamsToBytes` writes for parameters that hold. */
export function sposParamsFromBytes(bytes: Uint8Array): Verdict<SposParams, 'SPOS_PARAMS'> {
  if (bytes.length < HEAD_BYTES + STAKE_SECTION_BYTES) return refuse('SPOS_PARAMS', `expected at least ${HEAD_BYTES + STAKE_SECTION_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== VERSION) return refuse('SPOS_PARAMS', `expected version ${VERSION}, found ${view.getUint8(0)}`);
  const stake = stakeParamsFromBytes(bytes.subarray(-STAKE_SECTION_BYTES));
  if (!stake.ok) return stake;
  const seats = seatListFromBytes(bytes.subarray(HEAD_BYTES, -STAKE_SECTION_BYTES));
  if (!seats.ok) return refuse('SPOS_PARAMS', `seats: ${seats.message}`);
  const params: SposParams = {
    slotMs: view.getUint32(1), slots: view.getUint16(5), gap: view.getUint16(7), epochBlocks: view.getUint32(9),
    finality: view.getUint8(13) === FINALITY_BYTE.depth ? 'depth' : 'ffg', finalityDepth: view.getUint16(14), seats: seats.value, stake: stake.value,
  };
  const checked = checkSposParams(params);
  if (!checked.ok) return checked;
  return equalBytes(sposParamsToBytes(params), bytes) ? accept(params) : refuse('SPOS_PARAMS', 'the bytes are not those that these parameters have');
}

const FIELDS = ['slotMs', 'slots', 'gap', 'epochBlocks', 'finalityDepth'] as const;
const NOT_NUMBERS = ['seats', 'finality', 'stake'];

/** `{ slotMs?, slots?, gap?, epochBlocks?, finality?, finalityDepth?, seats: [{ seat, account, mintKey, voteKey? }], stake? }` with bytes in hexadecimal; seats in any order. */
export function sposParamsFromJson(json: unknown): Verdict<SposParams, 'SPOS_PARAMS'> {
  if (!isRecord(json)) return refuse('SPOS_PARAMS', 'expected an object');
  const unknown = Object.keys(json).find((key) => !NOT_NUMBERS.includes(key) && !FIELDS.some((field) => field === key));
  if (unknown !== undefined) return refuse('SPOS_PARAMS', `${unknown}: there is no such parameter`);
  if (!Array.isArray(json['seats'])) return refuse('SPOS_PARAMS', 'seats: expected a list');
  const seats: Seat[] = [];
  for (const [i, seat] of (json['seats'] as readonly unknown[]).entries()) {
    if (!isRecord(seat)) return refuse('SPOS_PARAMS', `seats[${i}]: expected an object`);
    const account = hexOf(seat['account'], 20);
    const mintKey = hexOf(seat['mintKey'], 32);
    const voteKey = seat['voteKey'] === undefined ? mintKey : hexOf(seat['voteKey'], 32);
    if (account === undefined) return refuse('SPOS_PARAMS', `seats[${i}].account: expected 40 hexadecimal digits`);
    if (mintKey === undefined) return refuse('SPOS_PARAMS', `seats[${i}].mintKey: expected 64 hexadecimal digits`);
    if (voteKey === undefined) return refuse('SPOS_PARAMS', `seats[${i}].voteKey: expected 64 hexadecimal digits`);
    seats.push({ index: numberOf(seat['seat']), account, mintKey, voteKey });
  }
  const stake = stakeParamsFromJson(json['stake']);
  if (!stake.ok) return stake;
  seats.sort((a, b) => a.index - b.index || compareBytes(a.mintKey, b.mintKey));
  const finality = json['finality'] ?? sposDefaults.finality;
  if (finality !== 'ffg' && finality !== 'depth') return refuse('SPOS_PARAMS', 'finality: expected "ffg" or "depth"');
  const defaults = { ...sposDefaults, finalityDepth: finality === 'ffg' ? 0 : sposQuorum(seats.length) };
  const field = (name: (typeof FIELDS)[number]): number => (json[name] === undefined ? defaults[name] : numberOf(json[name]));
  const params: SposParams = { slotMs: field('slotMs'), slots: field('slots'), gap: field('gap'), epochBlocks: field('epochBlocks'), finality, finalityDepth: field('finalityDepth'), seats, stake: stake.value };
  const checked = checkSposParams(params);
  return checked.ok ? accept(params) : checked;
}

export function sposParamsToJson({ seats, stake, finalityDepth, ...rest }: SposParams): unknown {
  const hex = seats.map(({ index, account, mintKey, voteKey }) => ({ seat: index, account: toHex(account), mintKey: toHex(mintKey), ...(equalBytes(mintKey, voteKey) ? {} : { voteKey: toHex(voteKey) }) }));
  return { ...rest, ...(rest.finality === 'ffg' ? {} : { finalityDepth }), seats: hex, stake: stakeParamsToJson(stake) };
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isSafeInteger(value) && value >= from && value <= to;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** NaN for what is not a number, so that the range check refuses it by name. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function hexOf(value: unknown, length: number): Uint8Array | undefined {
  return typeof value === 'string' && value.length === 2 * length && /^[0-9a-f]*$/i.test(value) ? fromHex(value) : undefined;
}
