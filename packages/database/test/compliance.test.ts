import { describe, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import type { Document, Value } from '@vsys/data-format/value';
import { createDatabaseContainer } from '../src/index.ts';
import { collectionOps, createDatabase, databaseId, dropDatabase } from '../src/ops.ts';

const [ada, bob] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
const cities = collectionOps(databaseId(ada, 'world'), 'cities');
const ghosts = collectionOps(databaseId(ada, 'world'), 'ghosts');
const document = (...fields: [string, Value][]): Document => new Map(fields);
const city = (id: number, name: string, people: number): Document => document(['_id', id], ['name', name], ['people', people], ['at', document(['country', 'KR'])]);
const schema = document(['properties', document(['people', document(['maximum', 100])])], ['required', ['name']]);
const indexes = [
  { name: 'name', unique: true, fields: [{ path: 'name', direction: 1 as const }] },
  { name: 'place', unique: false, fields: [{ path: 'at.country', direction: 1 as const }, { path: 'people', direction: -1 as const }] },
];

describe('the database as a container', () => {
  containerCompliance({
    test,
    create: () => {
      const insert = cities.insert([city(1, 'Seoul', 9), city(2, 'Busan', 3)]).payload;
      return {
        container: createDatabaseContainer(),
        malformed: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(9, 9), insert.slice(0, -1), Uint8Array.of(...insert, 0)],
        story: [
          { payload: cities.create(indexes).payload, actor: ada, becomes: 'DB_NO_DATABASE' },
          { payload: createDatabase('world').payload, actor: ada, becomes: 'ok' },
          { payload: createDatabase('world').payload, actor: ada, becomes: 'DB_EXISTS' },
          { payload: createDatabase('world').payload, actor: bob, becomes: 'ok' },
          { payload: cities.create(indexes).payload, actor: bob, becomes: 'DB_NOT_OWNER' },
          { payload: cities.create(indexes.slice(0, 1)).payload, actor: ada, becomes: 'ok' },
          { payload: cities.createIndex(indexes[1]!).payload, actor: ada, becomes: 'ok' },
          { payload: ghosts.insert([city(1, 'Seoul', 9)]).payload, actor: ada, becomes: 'DB_NO_COLLECTION' },
          { payload: insert, actor: ada, becomes: 'ok' },
          { payload: cities.insert([city(3, 'Seoul', 1)]).payload, actor: ada, becomes: 'DB_DUPLICATE' },
          { payload: cities.insert([city(2, 'Ulsan', 1)]).payload, actor: ada, becomes: 'DB_DUPLICATE' },
          { payload: cities.patch(1, { set: document(['name', 'Incheon']), inc: document(['people', 1]) }, 1n).payload, actor: ada, becomes: 'ok' },
          { payload: cities.patch(1, { unset: ['at'] }, 1n).payload, actor: ada, becomes: 'DB_VERSION' },
          { payload: cities.patch(1, { inc: document(['name', 1]) }).payload, actor: ada, becomes: 'DB_PATCH_NUMBER' },
          { payload: cities.replace(city(2, 'Seoul', 4)).payload, actor: ada, becomes: 'ok' },
          { payload: cities.upsert(city(4, 'Daegu', 2)).payload, actor: ada, becomes: 'ok' },
          { payload: cities.upsert(city(4, 'Incheon', 2)).payload, actor: ada, becomes: 'DB_DUPLICATE' },
          { payload: cities.patch(5, { push: new Map([['tags', { each: ['a'] }]]), setOnInsert: document(['name', 'Jeju']) }, 0n, true).payload, actor: ada, becomes: 'ok' },
          { payload: cities.patch(5, { pop: new Map([['name', 1 as const]]) }).payload, actor: ada, becomes: 'DB_PATCH_TYPE' },
          { payload: cities.patch(5, { currentDate: ['at.time'], addToSet: new Map([['tags', ['a', 'b']]]), pullAll: new Map([['none', ['a']]]), rename: new Map([['name', 'title']]) }).payload, actor: ada, becomes: 'ok' },
          { payload: cities.setSchema(schema).payload, actor: ada, becomes: 'ok' },
          { payload: cities.insert([city(6, 'Mokpo', 200)]).payload, actor: ada, becomes: 'DB_VALIDATION' },
          { payload: cities.insert([city(6, 'Mokpo', 20)]).payload, actor: ada, becomes: 'ok' },
          { payload: ghosts.setSchema(schema).payload, actor: ada, becomes: 'DB_NO_COLLECTION' },
          { payload: cities.setSchema(undefined).payload, actor: ada, becomes: 'ok' },
          { payload: cities.delete(1).payload, actor: ada, becomes: 'ok' },
          { payload: cities.delete(1).payload, actor: ada, becomes: 'DB_NO_DOCUMENT' },
          { payload: ghosts.drop().payload, actor: ada, becomes: 'DB_NO_COLLECTION' },
          { payload: cities.drop().payload, actor: ada, becomes: 'ok' },
          { payload: cities.create().payload, actor: ada, becomes: 'ok' },
          { payload: dropDatabase(databaseId(ada, 'world')).payload, actor: ada, becomes: 'ok' },
          { payload: dropDatabase(databaseId(ada, 'world')).payload, actor: ada, becomes: 'DB_NO_DATABASE' },
        ],
      };
    },
  });
});
