import { expect, test } from '@jest/globals';
import { int32, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { documentFromRecord, type DocumentMeta, documentToRecord } from '../src/layout.ts';
import { documentBytes } from '../src/document-record.ts';
import { ada, bob } from './harness.ts';

const document = new Map<string, Value>([['_id', int32(1)], ['name', 'Seoul']]);
const bson = recordToBytes(document);
const all: DocumentMeta = { owner: bob, payer: ada, deposit: 900n, shares: [{ payer: bob, units: 2n ** 40n }], expires: 2 ** 40, rules: new Map([['update', 'anyone']]) };

test.each<[string, DocumentMeta]>([
  ['nothing', {}], ['all of it', all], ...Object.entries(all).map(([name, value]): [string, DocumentMeta] => [name, { [name]: value as never }]),
])('a record keeps what is known about its document: %s', (_, meta) => {
  const record = documentToRecord(7n, 300, bson, meta);
  expect(documentFromRecord(record)).toEqual({ version: 7n, height: 300, meta, document });
  expect(documentBytes(record)).toEqual(bson);
  // Also where the record lies within other bytes.
  const within = new Uint8Array(record.length + 9);
  within.set(record, 5);
  expect(documentFromRecord(within.subarray(5, 5 + record.length)).meta).toEqual(meta);
});

test('what is at its default takes five bytes, and fields stand in one order', () => {
  expect(documentToRecord(1n, 1, bson).length).toBe(16 + 5 + bson.length);
  const shuffled = documentToRecord(1n, 1, bson, { rules: all.rules!, expires: 5, owner: bob, deposit: 1n });
  const length = shuffled.length - 16 - bson.length;
  expect([...recordFromBytes(shuffled.subarray(16, 16 + length)).keys()]).toEqual(['owner', 'deposit', 'expires', 'rules']);
});
