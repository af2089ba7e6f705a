import type { Signer } from '@vsys/crypto';
import { createTransaction, type Operation, transactionToBytes } from '@vsys/data-format';
import type { Document, Value } from '@vsys/data-format/value';
import { collectionOps, createDatabase, databaseId, type IndexDefinition } from '@vsys/database/ops';

/** The indexes of the main job: unique id, country with falling population, name. */
export const INDEXES: readonly IndexDefinition[] = [
  { name: 'id', unique: true, fields: [{ path: 'cityId', direction: 1 }] },
  { name: 'place', unique: false, fields: [{ path: 'country', direction: 1 }, { path: 'population', direction: -1 }] },
  { name: 'name', unique: false, fields: [{ path: 'name', direction: 1 }] },
];
const ROWS_PER_TRANSACTION = 500;
const ROWS_PER_BLOCK = 5_000;
/** The newest blocks are as small as those of a node that takes so many documents a second: they are replayed at a start. */
const LAST_BLOCKS = 4;
const ROWS_PER_LAST_BLOCK = 1_000;
export const COLLECTION = 'cities';

export function documentsDatabase(owner: Signer): Uint8Array {
  return databaseId(owner.account, 'world');
}

/** Blocks that make a database with three indexes and insert so many documents of the size of a city. */
export function* documentBlocks(chainId: Uint8Array, owner: Signer, documents: number): Generator<readonly Uint8Array[]> {
  const cities = collectionOps(documentsDatabase(owner), COLLECTION);
  let sequence = 0n;
  const sign = (operations: readonly Operation[]): Uint8Array => {
    const body = { chainId, payer: owner.account, lane: 0, sequence: sequence++, validUntil: 1_000_000, feeMax: 20_000_000n, gasMax: 10_000_000n, operations };
    return transactionToBytes(createTransaction(body, [owner]));
  };
  yield [sign([createDatabase('world'), cities.create(INDEXES)])];
  for (let at = 0; at < documents;) {
    const left = documents - at;
    const rows = Math.min(left, left <= LAST_BLOCKS * ROWS_PER_LAST_BLOCK ? ROWS_PER_LAST_BLOCK : Math.min(ROWS_PER_BLOCK, left - LAST_BLOCKS * ROWS_PER_LAST_BLOCK));
    const block: Uint8Array[] = [];
    for (let from = at; from < at + rows; from += ROWS_PER_TRANSACTION) {
      block.push(sign([cities.insert(Array.from({ length: Math.min(ROWS_PER_TRANSACTION, at + rows - from) }, (_, i) => documentOf(from + i)))]));
    }
    yield block;
    at += rows;
  }
}

/** The same, then empty blocks up to so many in all. */
export function* documentsThenEmpty(chainId: Uint8Array, owner: Signer, documents: number, blocks: number): Generator<readonly Uint8Array[]> {
  let made = 0;
  for (const block of documentBlocks(chainId, owner, documents)) {
    made++;
    yield block;
  }
  for (; made < blocks; made++) yield [];
}

/** Ids, countries and names in no order, as data comes; a place in each is told by its number. */
export function documentOf(at: number): Document {
  const scattered = (at * 2_654_435_761) % 4_294_967_296;
  return new Map<string, Value>([
    ['_id', BigInt(at)], ['cityId', BigInt(scattered)], ['name', `${nameOf(scattered)} ${scattered % 977}`], ['country', countryOf(at)],
    ['population', BigInt((at * 7_919) % 9_000_011)], ['longitude', ((scattered % 36_000) - 18_000) / 100], ['latitude', ((scattered % 18_000) - 9_000) / 100],
  ]);
}

export function countryOf(at: number): string {
  const country = (at * 31) % 250;
  return String.fromCharCode(65 + Math.floor(country / 16), 65 + (country % 16));
}

const SYLLABLES = ['ba', 'cor', 'dan', 'el', 'fur', 'gra', 'hol', 'in', 'jor', 'kal', 'lim', 'mon', 'nor', 'os', 'pel', 'ran'];

export function nameOf(seed: number): string {
  const syllable = (shift: number): string => SYLLABLES[(seed >>> shift) & 15] as string;
  return syllable(0) + syllable(4) + syllable(8) + syllable(12);
}
