import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { mongoCode } from '../src/index.ts';
import { MONGO_CODES, WITHOUT_MONGO_CODE } from '../src/mongo-codes.ts';

const folder = fileURLToPath(new URL('../../database/src/', import.meta.url));
const text = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(folder + name, 'utf8')).join('\n');
const codes = [...new Set([...text.matchAll(/'(DB_[A-Z_]+)'/g)].map((match) => match[1] as string))].toSorted();

it('every code of the database has a number of MongoDB, or a reason why it has none', () => {
  expect(codes.length).toBeGreaterThan(18);
  const known = [...Object.keys(MONGO_CODES), ...Object.keys(WITHOUT_MONGO_CODE)].filter((code) => code.startsWith('DB_'));
  // Each once, and none that the database does not have.
  expect(known.toSorted()).toEqual(codes);
  for (const reason of Object.values(WITHOUT_MONGO_CODE)) expect(reason.length).toBeGreaterThan(20);
});

it('what people of MongoDB look for has the number that they know', () => {
  const expected = { DB_DUPLICATE: 11_000, CLIENT_SCHEMA: 121, DB_NOT_OWNER: 13, DB_VERSION: 112, DB_NO_COLLECTION: 26, DB_NO_DATABASE: 26, DB_EXISTS: 48 };
  for (const [code, number] of Object.entries(expected)) expect([code, mongoCode({ code })]).toEqual([code, number]);
  expect([mongoCode({ code: 'DB_REPEATED' }), mongoCode(new Error('none')), mongoCode(undefined)]).toEqual([undefined, undefined, undefined]);
});
