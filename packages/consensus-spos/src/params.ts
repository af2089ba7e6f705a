import { accept, compareBytes, equalBytes, fromHex, refuse, toHex } from '@vsys/primitives';
import type { AccountId, Verdict } from '@vsys/primitives';

export interface SposSeat {
  /** Position among the 60: a multiple of `gap`. */
  readonly index: number;
  readonly account: AccountId;
  /** Ed25519 public key that seals this seat's blocks, 32 bytes. */
  readonly mintKey: Uint8Array;
}

export interface SposParams {
  /** Length of a slot. */
  readonly slotMs: number;
  /** Positions for seats; the white paper has 60. */
  readonly slots: number;
  /** Distance between usable positions: 4, 2 or 1 give 15, 30 or 60 seats. */
  readonly gap: number;
  /** Occupied seats, in order of index. They mint in this order, round robin. */
  readonly seats: readonly SposSeat[];
  /** Distinct seats that must have built on a block before it is final. */
  readonly finalityDepth: number;
}

export const sposDefaults: Omit<SposParams, 'seats' | 'finalityDepth'> = { slotMs: 1_000, slots: 60, gap: 1 };

const VERSION = 1;
const HEAD_BYTES = 15;
const SEAT_BYTES = 2 + 20 + 32;
const SEATS_MAX = 1_024;

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
  const { slotMs, slots, gap, seats, finalityDepth } = params;
  const wrong = (message: string): Verdict<void, 'SPOS_PARAMS'> => refuse('SPOS_PARAMS', message);
  if (!isWhole(slotMs, 10, 3_600_000)) return wrong(`slotMs: expected 10 to 3,600,000, found ${slotMs}`);
  if (!isWhole(slots, 1, SEATS_MAX)) return wrong(`slots: expected 1 to ${SEATS_MAX}, found ${slots}`);
  if (!isWhole(gap, 1, slots) || slots % gap !== 0) return wrong(`gap: expected a divisor of ${slots}, found ${gap}`);
  if (seats.length < 1 || seats.length > slots / gap) return wrong(`seats: expected 1 to ${slots / gap}, found ${seats.length}`);
  if (!isWhole(finalityDepth, 1, seats.length)) return wrong(`finalityDepth: expected 1 to ${seats.length}, found ${finalityDepth}`);
  if (2 * finalityDepth <= seats.length) return wrong(`finalityDepth: expected more than half of ${seats.length} seats, found ${finalityDepth}`);
  let before = -1;
  const taken = new Set<string>();
  for (const { index, account, mintKey } of seats) {
    if (!isWhole(index, 0, slots - 1) || index % gap !== 0) return wrong(`seats: index ${index} is not a multiple of the gap ${gap} below ${slots}`);
    if (index <= before) return wrong(`seats: index ${index} does not follow ${before}`);
    if (account.length !== 20) return wrong(`seats: the account of seat ${index} has ${account.length} bytes, expected 20`);
    if (mintKey.length !== 32) return wrong(`seats: the key of seat ${index} has ${mintKey.length} bytes, expected 32`);
    // One key in two seats would count twice towards the quorum.
    for (const name of [`account ${toHex(account)}`, `key ${toHex(mintKey)}`]) {
      if (taken.has(name)) return wrong(`seats: ${name} holds two seats`);
      taken.add(name);
    }
    before = index;
  }
  return accept(undefined);
}

/**
 * Version 1, slotMs u32, slots u16, gap u16, finalityDepth u16, reserved u16 (0), count u16; then per seat index u16, account 20 bytes, key 32 bytes.
 * Big-endian. Does not check: see `checkSposParams`.
 */
export function sposParamsToBytes(params: SposParams): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + params.seats.length * SEAT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, params.slotMs);
  view.setUint16(5, params.slots);
  view.setUint16(7, params.gap);
  view.setUint16(9, params.finalityDepth);
  view.setUint16(13, params.seats.length);
  params.seats.forEach((seat, i) => {
    const at = HEAD_BYTES + i * SEAT_BYTES;
    view.setUint16(at, seat.index);
    bytes.set(seat.account, at + 2);
    bytes.set(seat.mintKey, at + 22);
  });
  return bytes;
}

/** Strict: accepts only what `sposParamsToBytes` writes for parameters that hold. */
export function sposParamsFromBytes(bytes: Uint8Array): Verdict<SposParams, 'SPOS_PARAMS'> {
  if (bytes.length < HEAD_BYTES) return refuse('SPOS_PARAMS', `expected at least ${HEAD_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== VERSION) return refuse('SPOS_PARAMS', `expected version ${VERSION}, found ${view.getUint8(0)}`);
  const count = view.getUint16(13);
  if (bytes.length !== HEAD_BYTES + count * SEAT_BYTES) return refuse('SPOS_PARAMS', `expected ${count} seats, found ${bytes.length} bytes in all`);
  const seats = Array.from({ length: count }, (_, i): SposSeat => {
    const at = HEAD_BYTES + i * SEAT_BYTES;
    return { index: view.getUint16(at), account: bytes.slice(at + 2, at + 22), mintKey: bytes.slice(at + 22, at + 54) };
  });
  const params = { slotMs: view.getUint32(1), slots: view.getUint16(5), gap: view.getUint16(7), finalityDepth: view.getUint16(9), seats };
  const checked = checkSposParams(params);
  if (!checked.ok) return checked;
  return equalBytes(sposParamsToBytes(params), bytes) ? accept(params) : refuse('SPOS_PARAMS', 'the reserved bytes are not zero');
}

/** `{ slotMs?, slots?, gap?, finalityDepth?, seats: [{ seat, account, mintKey }] }` with bytes in hexadecimal; seats in any order. */
export function sposParamsFromJson(json: unknown): Verdict<SposParams, 'SPOS_PARAMS'> {
  if (!isRecord(json)) return refuse('SPOS_PARAMS', 'expected an object');
  const unknown = Object.keys(json).find((key) => !['slotMs', 'slots', 'gap', 'finalityDepth', 'seats'].includes(key));
  if (unknown !== undefined) return refuse('SPOS_PARAMS', `${unknown}: there is no such parameter`);
  if (!Array.isArray(json['seats'])) return refuse('SPOS_PARAMS', 'seats: expected a list');
  const seats: SposSeat[] = [];
  for (const [i, seat] of (json['seats'] as readonly unknown[]).entries()) {
    if (!isRecord(seat)) return refuse('SPOS_PARAMS', `seats[${i}]: expected an object`);
    const account = hexOf(seat['account'], 20);
    const mintKey = hexOf(seat['mintKey'], 32);
    if (account === undefined) return refuse('SPOS_PARAMS', `seats[${i}].account: expected 40 hexadecimal digits`);
    if (mintKey === undefined) return refuse('SPOS_PARAMS', `seats[${i}].mintKey: expected 64 hexadecimal digits`);
    seats.push({ index: numberOf(seat['seat']), account, mintKey });
  }
  seats.sort((a, b) => a.index - b.index || compareBytes(a.mintKey, b.mintKey));
  const params: SposParams = {
    slotMs: json['slotMs'] === undefined ? sposDefaults.slotMs : numberOf(json['slotMs']),
    slots: json['slots'] === undefined ? sposDefaults.slots : numberOf(json['slots']),
    gap: json['gap'] === undefined ? sposDefaults.gap : numberOf(json['gap']),
    finalityDepth: json['finalityDepth'] === undefined ? sposQuorum(seats.length) : numberOf(json['finalityDepth']),
    seats,
  };
  const checked = checkSposParams(params);
  return checked.ok ? accept(params) : checked;
}

export function sposParamsToJson(params: SposParams): unknown {
  const { slotMs, slots, gap, finalityDepth } = params;
  return { slotMs, slots, gap, finalityDepth, seats: params.seats.map((seat) => ({ seat: seat.index, account: toHex(seat.account), mintKey: toHex(seat.mintKey) })) };
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
