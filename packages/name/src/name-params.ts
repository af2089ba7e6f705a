import { accept, concatBytes, invariant, refuse, type Verdict } from '@vsys/primitives';
import { type Document, decodeDocument, encodeDocument, isArray, type Value } from '@vsys/data-format/value';
import { nameLimits as limits } from './limits.ts';
import { checkName } from './name-form.ts';

/** The chain's rules for names, fixed in its spec. Times are in blocks, prices in atomic units of the coin. */
export interface NameParams {
  /** A reservation is revealed this long after it at the earliest, so that what is heard at the reveal comes too late to be reserved. */
  readonly reserveMin: number;
  /** And this long after it at the latest. */
  readonly reserveMax: number;
  /** After a reveal, one with an older reservation still wins. */
  readonly contest: number;
  readonly term: number;
  /** After a term: the owner renews at the same price, and the name still leads where it did. */
  readonly grace: number;
  /** After that: the last owner has it back at `redemptionFactor` times the price. */
  readonly redemption: number;
  /** After that: anyone has it, at a price that falls from `auctionFactor` times the price to the price. */
  readonly auction: number;
  readonly price: bigint;
  readonly redemptionFactor: number;
  readonly auctionFactor: number;
  /** In order, each once. */
  readonly reserved: readonly string[];
}

/** For blocks of a second: minutes to reveal, a year, a month and a month, three weeks of auction. */
export const nameDefaults: NameParams = {
  reserveMin: 12, reserveMax: 86_400, contest: 12, term: 31_536_000, grace: 2_592_000, redemption: 2_592_000, auction: 1_814_400,
  price: 1_000_000n, redemptionFactor: 4, auctionFactor: 1_000, reserved: [],
};

const BLOCKS = ['reserveMin', 'reserveMax', 'contest', 'term', 'grace', 'redemption', 'auction'] as const;
const FACTORS = ['redemptionFactor', 'auctionFactor'] as const;
const BLOCKS_MAX = 1_000_000_000;
const PRICE_MAX = 1_000_000_000_000n;
const FACTOR_MAX = 10_000;

/** Canonical BSON of all fields, in this order. */
export function nameParamsToBytes(params: NameParams): Uint8Array {
  const encoded = encodeDocument(new Map<string, Value>([
    ...BLOCKS.map((name): [string, Value] => [name, BigInt(params[name])]), ['price', params.price],
    ...FACTORS.map((name): [string, Value] => [name, BigInt(params[name])]), ['reserved', [...params.reserved]],
  ]));
  invariant(encoded.ok, 'parameters of names encode');
  return encoded.value;
}

/** No bytes stand for the defaults. */
export function nameParamsFromBytes(bytes: Uint8Array): Verdict<NameParams, 'NAME_PARAMS'> {
  if (bytes.length === 0) return accept(nameDefaults);
  const decoded = decodeDocument(bytes);
  if (!decoded.ok) return refuse('NAME_PARAMS', decoded.message, { reason: decoded.code });
  const read = readParams(decoded.value);
  if (!read.ok) return read;
  return concatBytes(nameParamsToBytes(read.value)).every((byte, i) => byte === bytes[i]) ? read : refuse('NAME_PARAMS', 'the fields are not in their order');
}

function readParams(fields: Document): Verdict<NameParams, 'NAME_PARAMS'> {
  if (fields.size !== BLOCKS.length + FACTORS.length + 2) return refuse('NAME_PARAMS', `the parameters are ${[...BLOCKS, 'price', ...FACTORS, 'reserved'].join(', ')}`);
  const numbers: Record<string, number> = {};
  for (const [names, max] of [[BLOCKS, BLOCKS_MAX], [FACTORS, FACTOR_MAX]] as const) {
    for (const name of names) {
      const value = fields.get(name);
      if (typeof value !== 'bigint' || value < 1n || value > BigInt(max)) return refuse('NAME_PARAMS', `${name}: expected 1 to ${max}`);
      numbers[name] = Number(value);
    }
  }
  const price = fields.get('price');
  if (typeof price !== 'bigint' || price < 0n || price > PRICE_MAX) return refuse('NAME_PARAMS', `price: expected 0 to ${PRICE_MAX}`);
  const reserved = fields.get('reserved');
  if (!isArray(reserved) || reserved.length > limits.reservedMax) return refuse('NAME_PARAMS', `reserved: expected a list of at most ${limits.reservedMax} names`);
  for (const [i, name] of reserved.entries()) {
    if (typeof name !== 'string' || !checkName(name).ok) return refuse('NAME_PARAMS', `reserved[${i}]: expected a name`);
    if (i > 0 && (reserved[i - 1] as string) >= name) return refuse('NAME_PARAMS', `reserved[${i}]: "${name}" does not follow "${String(reserved[i - 1])}"`);
  }
  const params = { ...(numbers as unknown as Omit<NameParams, 'price' | 'reserved'>), price, reserved: reserved as string[] };
  if (params.reserveMax <= params.reserveMin) return refuse('NAME_PARAMS', 'reserveMax: expected more than reserveMin');
  return accept(params);
}
