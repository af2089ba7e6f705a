import { accept, equalBytes, refuse } from '@vsys/primitives';
import type { Amount, Verdict } from '@vsys/primitives';

/** What holding a seat asks for and gives. Amounts in atomic units, spans in blocks unless said otherwise. */
export interface StakeParams {
  /** How a minting balance is counted: `spos` resists dust and short loans, `v1-faithful` is the arithmetic of the deployed network, for comparison. */
  readonly profile: 'spos' | 'v1-faithful';
  /** Blocks until a coin counts in full. */
  readonly window: number;
  /** New coins per block, to its author. */
  readonly reward: Amount;
  /** Burned by whoever contends, whether it wins or not. */
  readonly contendFee: Amount;
  /** Effective balance that a contender must have after the fee. */
  readonly contendMinimum: Amount;
  /** Epochs that a displaced holder may not contend in. */
  readonly rebar: number;
  /** A seat cannot be released while so many or fewer are occupied. */
  readonly seatsFloor: number;
  /** Set aside while a seat is held, and lost on evidence. */
  readonly bond: Amount;
  /** Epochs from the loss of a seat until its bond can be claimed: the old seats still seal and vote for a while. */
  readonly bondEpochs: number;
  /** Of a lost bond, to who brought the evidence, in thousandths; the rest is burned. */
  readonly reporterPermille: number;
  /** Least amount of a lease. */
  readonly leaseMin: Amount;
  /** Blocks over which what a seat earned for its lessors reaches them, so that hopping from seat to seat earns nothing. */
  readonly interestSpread: number;
  /** Blocks until a lower share for lessors takes effect. */
  readonly shareNotice: number;
  /** Age of an offence, in slots, up to which evidence is taken. */
  readonly evidenceSlots: number;
}

/** Window, fee, minimum and floor of the deployed network, where a coin has 10^8 units. */
export const stakeDefaults: StakeParams = {
  profile: 'spos', window: 86_400, reward: 0n, contendFee: 5_000_000_000_000n, contendMinimum: 100_000_000_000_000n, rebar: 1, seatsFloor: 10,
  bond: 0n, bondEpochs: 3, reporterPermille: 100, leaseMin: 1n, interestSpread: 600, shareNotice: 3_600, evidenceSlots: 604_800,
};

const PROFILES = ['spos', 'v1-faithful'] as const;
const AMOUNT_MAX = 0x7fff_ffff_ffff_ffffn;
const SPAN_MAX = 100_000_000;
/** In the order of their bytes. */
const fields = {
  window: { bytes: 4, from: 1, to: SPAN_MAX }, reward: { bytes: 8 }, contendFee: { bytes: 8 }, contendMinimum: { bytes: 8 }, rebar: { bytes: 4, from: 0, to: SPAN_MAX },
  seatsFloor: { bytes: 2, from: 1, to: 60 }, bond: { bytes: 8 }, bondEpochs: { bytes: 4, from: 0, to: SPAN_MAX }, reporterPermille: { bytes: 2, from: 0, to: 1_000 },
  leaseMin: { bytes: 8 }, interestSpread: { bytes: 4, from: 1, to: SPAN_MAX }, shareNotice: { bytes: 4, from: 0, to: SPAN_MAX }, evidenceSlots: { bytes: 4, from: 1, to: SPAN_MAX },
} as const satisfies Record<Exclude<keyof StakeParams, 'profile'>, { bytes: 2 | 4 | 8; from?: number; to?: number }>;
type Field = keyof typeof fields;
const names = Object.keys(fields) as readonly Field[];
const FIELD_BYTES = 1 + names.reduce((sum, name) => sum + fields[name].bytes, 0);
/** Length and fields. */
export const STAKE_SECTION_BYTES: number = 2 + FIELD_BYTES;

/** Ranges of every field. */
export function checkStakeParams(params: StakeParams): Verdict<void, 'SPOS_PARAMS'> {
  if (!PROFILES.includes(params.profile)) return refuse('SPOS_PARAMS', `stake.profile: expected ${PROFILES.join(' or ')}, found ${String(params.profile)}`);
  for (const name of names) {
    const field: { bytes: number; from?: number; to?: number } = fields[name];
    const value = params[name];
    if (field.bytes === 8 ? typeof value !== 'bigint' || value < (name === 'leaseMin' ? 1n : 0n) || value > AMOUNT_MAX : !Number.isSafeInteger(value) || Number(value) < (field.from ?? 0) || Number(value) > (field.to ?? 0)) {
      return refuse('SPOS_PARAMS', `stake.${name}: expected ${field.bytes === 8 ? 'an amount below 2^63' : `${field.from} to ${field.to}`}, found ${value}`);
    }
  }
  return accept(undefined);
}

/** Length u16, then profile u8 (0 spos, 1 v1-faithful) and the fields in the order of `StakeParams`. Big-endian. */
export function stakeParamsToBytes(params: StakeParams): Uint8Array {
  const bytes = new Uint8Array(STAKE_SECTION_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, FIELD_BYTES);
  view.setUint8(2, PROFILES.indexOf(params.profile));
  let at = 3;
  for (const name of names) {
    const size = fields[name].bytes;
    if (size === 8) view.setBigUint64(at, BigInt(params[name]));
    else if (size === 4) view.setUint32(at, Number(params[name]));
    else view.setUint16(at, Number(params[name]));
    at += size;
  }
  return bytes;
}

/** Strict: accepts only what `stakeParamsToBytes` writes for parameters that hold. */
export function stakeParamsFromBytes(bytes: Uint8Array): Verdict<StakeParams, 'SPOS_PARAMS'> {
  if (bytes.length !== STAKE_SECTION_BYTES) return refuse('SPOS_PARAMS', `stake: expected ${STAKE_SECTION_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Record<string, unknown> = { profile: PROFILES[view.getUint8(2)] };
  let at = 3;
  for (const name of names) {
    const size = fields[name].bytes;
    found[name] = size === 8 ? view.getBigUint64(at) : size === 4 ? view.getUint32(at) : view.getUint16(at);
    at += size;
  }
  const params = found as unknown as StakeParams;
  const checked = checkStakeParams(params);
  if (!checked.ok) return checked;
  return equalBytes(stakeParamsToBytes(params), bytes) ? accept(params) : refuse('SPOS_PARAMS', 'stake: the length of the section is not that of its fields');
}

/** Each field may be absent; amounts are decimal strings, or numbers up to 2^53. */
export function stakeParamsFromJson(json: unknown): Verdict<StakeParams, 'SPOS_PARAMS'> {
  if (json === undefined) return accept(stakeDefaults);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse('SPOS_PARAMS', 'stake: expected an object');
  const found: Record<string, unknown> = { ...stakeDefaults };
  for (const [name, value] of Object.entries(json)) {
    if (name !== 'profile' && !Object.hasOwn(fields, name)) return refuse('SPOS_PARAMS', `stake.${name}: there is no such parameter`);
    found[name] = name !== 'profile' && fields[name as Field].bytes === 8 ? amountOf(value) : value;
  }
  const params = found as unknown as StakeParams;
  const checked = checkStakeParams(params);
  return checked.ok ? accept(params) : checked;
}

export function stakeParamsToJson(params: StakeParams): unknown {
  return { profile: params.profile, ...Object.fromEntries(names.map((name) => [name, typeof params[name] === 'bigint' ? String(params[name]) : params[name]])) };
}

/** What is no amount stays what it is, so that the range check refuses it by name. */
function amountOf(value: unknown): unknown {
  if (typeof value === 'string' && /^(?:0|[1-9][0-9]{0,18})$/.test(value)) return BigInt(value);
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}
