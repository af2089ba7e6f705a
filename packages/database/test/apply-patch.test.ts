import { describe, expect, test } from '@jest/globals';
import { createGasMeter, OutOfGas } from '@vsys/container';
import { type Document, documentFromJson, documentToJson, type Value } from '@vsys/data-format/value';
import { applyPatch } from '../src/apply-patch.ts';
import { databaseGas, operationFromPayload } from '../src/index.ts';
import { collectionOps, createDatabase, databaseId, patchFromUpdate } from '../src/ops.ts';
import { ada, createBench } from './harness.ts';

const cities = collectionOps(databaseId(ada, 'world'), 'cities');

function read(json: string): Document {
  const document = documentFromJson(json, 'kept');
  if (!document.ok) throw new Error(document.message);
  return document.value;
}

/** The document afterwards as canonical JSON, or the code: the whole way from a text of MongoDB's form through the bytes. */
function apply(document: string, update: string, { isInsert = false, gas = 1_000_000n } = {}): string {
  const patch = patchFromUpdate(read(update));
  if (!patch.ok) return patch.code;
  const operation = operationFromPayload(cities.patch(1, patch.value).payload);
  if (!operation.ok || operation.value.kind !== 'patch') throw new Error('no patch');
  const done = applyPatch(read(document), operation.value.steps, { timeMs: 1_234, isInsert, gas: createGasMeter(gas) });
  return done.ok ? documentToJson(done.value, 'canonical') : done.code;
}

const canonical = (json: string): string => documentToJson(read(json), 'canonical');
const long = (digits: string): string => `{"$numberLong":"${digits}"}`;
const decimal = (text: string): string => `{"$numberDecimal":"${text}"}`;

/** Expectations follow MongoDB's manual of update operators; where this chain differs, the name says so. */
test.each([
  ['sets inside, making objects on the way', '{"a":{"b":1}}', '{"$set":{"a.c.d":true}}', '{"a":{"b":1,"c":{"d":true}}}'],
  ['keeps the order of fields and appends new ones in the order of their paths', '{"b":1,"a":2}', '{"$set":{"z":1,"y":1,"b":3}}', '{"b":3,"a":2,"y":1,"z":1}'],
  ['orders new fields across operators, numbers by value', '{}', '{"$set":{"m.10":1,"m.9":1},"$inc":{"c":1},"$push":{"d":1}}', '{"c":1,"d":[1],"m":{"9":1,"10":1}}'],
  ['sets a place in an array', '{"a":[1,2]}', '{"$set":{"a.0":"z"}}', '{"a":["z",2]}'],
  ['fills the gap past the end with null', '{"a":[1]}', '{"$set":{"a.3":4}}', '{"a":[1,null,null,4]}'],
  ['sets inside an element', '{"a":[{"b":1},{"b":2}]}', '{"$set":{"a.1.b":3}}', '{"a":[{"b":1},{"b":3}]}'],
  ['sets into a missing element', '{"a":[]}', '{"$set":{"a.0.b":3}}', '{"a":[{"b":3}]}'],
  ['makes an object, not an array, of a missing field with a number', '{}', '{"$set":{"a.0":3}}', '{"a":{"0":3}}'],
  ['does not set through a scalar', '{"a":1}', '{"$set":{"a.b":3}}', 'DB_PATCH_PATH'],
  ['does not set through null', '{"a":null}', '{"$set":{"a.b":3}}', 'DB_PATCH_PATH'],
  ['does not set a name in an array', '{"a":[1]}', '{"$set":{"a.b":3}}', 'DB_PATCH_PATH'],
  ['does not take 01 for a place', '{"a":[1,2]}', '{"$set":{"a.01":3}}', 'DB_PATCH_PATH'],
  ['does not set past the elements of a document', '{"a":[1]}', '{"$set":{"a.1000":4}}', 'DB_PATCH_PATH'],
  ['sets names that objects of the language have', '{}', '{"$set":{"__proto__.constructor":1}}', '{"__proto__":{"constructor":1}}'],

  ['unsets a field', '{"a":{"b":1},"c":1}', '{"$unset":{"a.b":""}}', '{"a":{},"c":1}'],
  ['unsets an element by making it null', '{"a":[1,2]}', '{"$unset":{"a.0":1}}', '{"a":[null,2]}'],
  ['unsets inside an element', '{"a":[{"b":1}]}', '{"$unset":{"a.0.b":1}}', '{"a":[{}]}'],
  ['unsets what is not there without a change', '{"a":1,"l":[1]}', '{"$unset":{"b.c":1,"a.x":1,"l.7":1,"l.name":1}}', '{"a":1,"l":[1]}'],

  ['adds', '{"n":1,"d":1.5}', '{"$inc":{"n":-3,"d":1}}', '{"n":-2,"d":2.5}'],
  ['an int32 that overflows becomes an int64', '{"n":2147483647}', '{"$inc":{"n":1}}', `{"n":${long('2147483648')}}`],
  ['an int64 stays one', `{"n":${long('5')}}`, '{"$inc":{"n":1}}', `{"n":${long('6')}}`],
  ['an int64 does not overflow', `{"n":${long('9223372036854775807')}}`, '{"$inc":{"n":1}}', 'DB_PATCH_NUMBER'],
  ['a double makes a double', '{"n":1}', '{"$inc":{"n":0.5}}', '{"n":1.5}'],
  ['a decimal makes a decimal, exactly', `{"n":${long('9223372036854775807')}}`, `{"$inc":{"n":${decimal('0.10')}}}`, `{"n":${decimal('9223372036854775807.10')}}`],
  ['a decimal is not rounded, other than in MongoDB', `{"n":${long('9223372036854775807')}}`, `{"$inc":{"n":${decimal('1E-20')}}}`, 'DB_PATCH_NUMBER'],
  ['an absent number begins at what is added', '{}', `{"$inc":{"n":${long('3')}}}`, `{"n":${long('3')}}`],
  ['does not add to a text', '{"n":"1"}', '{"$inc":{"n":1}}', 'DB_PATCH_NUMBER'],
  ['does not add to null', '{"n":null}', '{"$inc":{"n":1}}', 'DB_PATCH_NUMBER'],
  ['does not add null', '{"n":1}', '{"$inc":{"n":null}}', 'DB_PATCH_TYPE'],

  ['multiplies', '{"n":3,"d":1.5}', '{"$mul":{"n":-3,"d":2}}', '{"n":-9,"d":3.0}'],
  ['a product past int32 is an int64', '{"n":1073741824}', '{"$mul":{"n":4}}', `{"n":${long('4294967296')}}`],
  ['a product past int64 is refused', `{"n":${long('4611686018427387904')}}`, '{"$mul":{"n":2}}', 'DB_PATCH_NUMBER'],
  ['the least int64 is reached', `{"n":${long('4611686018427387904')}}`, '{"$mul":{"n":-2}}', `{"n":${long('-9223372036854775808')}}`],
  ['an absent number becomes a zero of the kind it is multiplied with', '{}', `{"$mul":{"i":5,"j":${long('5')},"k":2.5,"l":${decimal('2.5')}}}`, `{"i":0,"j":${long('0')},"k":0.0,"l":${decimal('0.0')}}`],
  ['a product of decimals keeps its places', `{"n":${decimal('1.10')}}`, `{"$mul":{"n":${decimal('2.0')}}}`, `{"n":${decimal('2.200')}}`],
  ['does not multiply null', '{"n":null}', '{"$mul":{"n":1}}', 'DB_PATCH_NUMBER'],

  ['keeps the smaller', '{"n":5,"m":5}', '{"$min":{"n":4,"m":6,"new":1}}', '{"n":4,"m":5,"new":1}'],
  ['keeps the greater', '{"n":5,"m":5}', '{"$max":{"n":4,"m":6,"new":1}}', '{"n":5,"m":6,"new":1}'],
  ['leaves an equal number of another kind', '{"n":5}', '{"$max":{"n":5.0}}', '{"n":5}'],
  ['compares kinds in the order of MongoDB', '{"n":null,"s":"x","o":{"a":1}}', '{"$max":{"n":0,"s":{"a":0},"o":"z"}}', '{"n":0,"s":{"a":0},"o":{"a":1}}'],
  ['compares objects and arrays', '{"a":[1,2],"o":{"a":1,"b":2}}', '{"$min":{"a":[1,1,9],"o":{"a":1,"b":1}}}', '{"a":[1,1,9],"o":{"a":1,"b":1}}'],

  ['renames a field', '{"a":1,"b":2}', '{"$rename":{"a":"c.d"}}', '{"b":2,"c":{"d":1}}'],
  ['renames over a field in its place', '{"a":1,"b":2,"c":3}', '{"$rename":{"c":"a"}}', '{"a":3,"b":2}'],
  ['renames what is not there without a change', '{"b":2}', '{"$rename":{"a":"b"}}', '{"b":2}'],
  ['does not rename out of an array', '{"a":[{"b":1}]}', '{"$rename":{"a.0.b":"c"}}', 'DB_PATCH_PATH'],
  ['does not rename into an array', '{"a":[{"b":1}],"c":1}', '{"$rename":{"c":"a.0.c"}}', 'DB_PATCH_PATH'],
  ['does not rename through a scalar', '{"a":1}', '{"$rename":{"a.b":"c"}}', 'DB_PATCH_PATH'],
  ['does not rename to a path in a scalar', '{"a":1,"s":"x"}', '{"$rename":{"a":"s.b"}}', 'DB_PATCH_PATH'],

  ['pushes', '{"a":[1]}', '{"$push":{"a":[2,3],"new":"x"}}', '{"a":[1,[2,3]],"new":["x"]}'],
  ['pushes each', '{"a":[1]}', '{"$push":{"a":{"$each":[2,{"b":1}]}}}', '{"a":[1,2,{"b":1}]}'],
  ['pushes an object', '{"a":[]}', '{"$push":{"a":{"each":1}}}', '{"a":[{"each":1}]}'],
  ['pushes at a place', '{"a":[1,2]}', '{"$push":{"a":{"$each":[8,9],"$position":1}}}', '{"a":[1,8,9,2]}'],
  ['pushes at a place from the end', '{"a":[1,2,3]}', '{"$push":{"a":{"$each":[8,9],"$position":-2}}}', '{"a":[1,8,9,2,3]}'],
  ['pushes at a place past either end', '{"a":[1],"b":[1]}', '{"$push":{"a":{"$each":[8],"$position":9},"b":{"$each":[8],"$position":-9}}}', '{"a":[1,8],"b":[8,1]}'],
  ['keeps the first ones, the last ones or none', '{"a":[1],"b":[1],"c":[1]}', '{"$push":{"a":{"$each":[2,3],"$slice":2},"b":{"$each":[2,3],"$slice":-2},"c":{"$each":[2],"$slice":0}}}', '{"a":[1,2],"b":[2,3],"c":[]}'],
  ['cuts an array without pushing', '{"a":[1,2,3]}', '{"$push":{"a":{"$each":[],"$slice":-9}}}', '{"a":[1,2,3]}'],
  ['sorts, then cuts', '{"a":[3,1]}', '{"$push":{"a":{"$each":[2],"$sort":-1,"$slice":2}}}', '{"a":[3,2]}'],
  ['takes modifiers in any order, as the same patch', '{"a":[3,1]}', '{"$push":{"a":{"$slice":2,"$sort":-1,"$each":[2]}}}', '{"a":[3,2]}'],
  ['does not sort by fields, other than MongoDB', '{"a":[]}', '{"$push":{"a":{"$each":[],"$sort":{"b":1}}}}', 'DB_PATCH_TYPE'],
  ['does not cut without $each', '{"a":[]}', '{"$push":{"a":{"$slice":1}}}', 'DB_PATCH_TYPE'],
  ['does not know another modifier', '{"a":[]}', '{"$push":{"a":{"$each":[],"$first":1}}}', 'DB_PATCH_TYPE'],
  ['does not push to a scalar', '{"a":1}', '{"$push":{"a":1}}', 'DB_PATCH_TYPE'],
  ['does not push to null', '{"a":null}', '{"$push":{"a":1}}', 'DB_PATCH_TYPE'],

  ['adds what is not in the set', '{"a":[1,1,{"b":1,"c":2}]}', '{"$addToSet":{"a":{"$each":[1.0,2,2,{"b":1,"c":2},{"c":2,"b":1}]}}}', '{"a":[1,1,{"b":1,"c":2},2,{"c":2,"b":1}]}'],
  ['adds a list as one element', '{"a":[]}', '{"$addToSet":{"a":[1,1]}}', '{"a":[[1,1]]}'],
  ['makes a set', '{}', '{"$addToSet":{"a":{"$each":[1,1]}}}', '{"a":[1]}'],
  ['does not add to a scalar', '{"a":1}', '{"$addToSet":{"a":1}}', 'DB_PATCH_TYPE'],

  ['pulls what is equal', '{"a":[1,2,1.0,"1",[1]]}', '{"$pull":{"a":1}}', '{"a":[2,"1",[1]]}'],
  ['pulls a list as an element', '{"a":[1,[1]]}', '{"$pull":{"a":[1]}}', '{"a":[1]}'],
  ['pulls all, objects by their whole', '{"a":[{"b":1},{"b":1,"c":1},2,3]}', '{"$pullAll":{"a":[{"b":1},3]}}', '{"a":[{"b":1,"c":1},2]}'],
  ['pulls from what is not there without a change', '{"s":"x"}', '{"$pull":{"a.b":1,"s.t":1}}', '{"s":"x"}'],
  ['does not pull from a scalar', '{"a":1}', '{"$pull":{"a":1}}', 'DB_PATCH_TYPE'],
  ['does not pull by a query, other than MongoDB', '{"a":[1]}', '{"$pull":{"a":{"$gt":0}}}', 'DB_PATCH_TYPE'],

  ['pops the last and the first', '{"a":[1,2],"b":[1,2],"c":[]}', '{"$pop":{"a":1,"b":-1,"c":1,"none":1}}', '{"a":[1],"b":[2],"c":[]}'],
  ['does not pop a scalar', '{"a":1}', '{"$pop":{"a":1}}', 'DB_PATCH_TYPE'],
  ['does not pop through a scalar', '{"a":1}', '{"$pop":{"a.b":1}}', 'DB_PATCH_PATH'],
  ['does not pop two', '{"a":[1]}', '{"$pop":{"a":2}}', 'DB_PATCH_TYPE'],

  ['combines bits', '{"a":13,"b":3,"c":1}', '{"$bit":{"a":{"and":10},"b":{"or":5},"c":{"xor":5}}}', '{"a":8,"b":7,"c":4}'],
  ['combines bits one after the other', '{"a":1}', '{"$bit":{"a":{"or":6,"and":5}}}', '{"a":5}'],
  ['bits of two kinds make the wider, with the sign', `{"a":-1,"b":${long('1')}}`, `{"$bit":{"a":{"and":${long('4294967297')}},"b":{"or":-2}}}`, `{"a":${long('4294967297')},"b":${long('-1')}}`],
  ['bits of an absent number begin at 0', '{}', '{"$bit":{"a":{"or":5}}}', '{"a":5}'],
  ['has no bits of a double', '{"a":1.0}', '{"$bit":{"a":{"or":5}}}', 'DB_PATCH_NUMBER'],
  ['has no bits with a double', '{"a":1}', '{"$bit":{"a":"5"}}', 'DB_PATCH_TYPE'],

  ['takes the time of the block', '{"t":"x"}', '{"$currentDate":{"t":true,"u.v":{"$type":"date"}}}', `{"t":{"$date":${long('1234')}},"u":{"v":{"$date":${long('1234')}}}}`],
  ['has no timestamps, other than MongoDB', '{}', '{"$currentDate":{"t":{"$type":"timestamp"}}}', 'DB_PATCH_TYPE'],
  ['sets on insert only then', '{"a":1}', '{"$setOnInsert":{"a":2,"b":3}}', '{"a":1}'],

  ['refuses an unknown operator', '{}', '{"$where":{"a":1}}', 'DB_PATCH_TYPE'],
  ['refuses a document in place of operators', '{}', '{"a":1}', 'DB_PATCH_TYPE'],
  ['refuses an operator without paths', '{}', '{"$set":1}', 'DB_PATCH_TYPE'],
  ['refuses positional forms', '{}', '{"$set":{"a.$[].b":1}}', 'DB_NAME'],
  ['refuses one place by two names of one operator', '{"a":[]}', '{"$pull":{"a":1},"$pullAll":{"a":[1]}}', 'DB_PATCH_CONFLICT'],
])('%s', (_, document, update, expected) => {
  expect(apply(document, update)).toBe(expected.startsWith('{') ? canonical(expected) : expected);
});

test('what is set on insert is there after one', () => {
  expect(apply('{"_id":1}', '{"$setOnInsert":{"a":2},"$set":{"b":1}}', { isInsert: true })).toBe(canonical('{"_id":1,"a":2,"b":1}'));
});

describe('a patch that is refused', () => {
  test('names operator and path', () => {
    const wrong = patchFromUpdate(read('{"$push":{"a.b":{"$each":1}}}'));
    expect(wrong).toMatchObject({ ok: false, message: expect.stringContaining('$push at "a.b"') as unknown, data: { operator: '$push', path: 'a.b' } });
    const bench = withDocument(new Map<string, Value>([['_id', 1], ['s', 'x']]));
    expect(bench.run([cities.patch(1, { push: new Map([['s', { each: [1] }]]) })])).toMatchObject({ code: 'DB_PATCH_TYPE', message: expect.stringContaining('$push at "s"') as unknown, data: { operator: 'push', path: 's' } });
  });

  test('changes nothing, also of what came before in the patch', () => {
    const bench = withDocument(new Map<string, Value>([['_id', 1], ['a', 1], ['s', 'x']]));
    const before = new Map(bench.state);
    expect(bench.run([cities.patch(1, { set: new Map([['a', 2]]), inc: new Map([['s', 1]]) })])).toMatchObject({ code: 'DB_PATCH_NUMBER' });
    expect(bench.state).toEqual(before);
  });
});

describe('limits of a document hold after a patch', () => {
  const big = 'x'.repeat(40_000);
  test.each<[string, () => Document, Parameters<typeof cities.patch>[1], string]>([
    ['bytes', () => new Map<string, Value>([['_id', 1], ['a', big]]), { set: new Map([['b', big]]) }, 'VALUE_TOO_LARGE'],
    ['fields', () => new Map<string, Value>([['_id', 1], ['a', Array.from({ length: 990 }, () => null)]]), { push: new Map([['a', { each: Array.from({ length: 20 }, () => null) }]]) }, 'VALUE_TOO_MANY_FIELDS'],
    ['fields that fill a gap', () => new Map<string, Value>([['_id', 1], ['a', []]]), { set: new Map([['a.999', 1]]) }, 'VALUE_TOO_MANY_FIELDS'],
    ['depth', () => new Map<string, Value>([['_id', 1]]), { set: new Map([[Array.from({ length: 40 }, () => 'a').join('.'), 1]]) }, 'VALUE_TOO_DEEP'],
  ])('%s', (_, document, patch, reason) => {
    expect(withDocument(document()).run([cities.patch(1, patch)])).toMatchObject({ code: 'DB_VALUE', data: { reason } });
  });
});

describe('gas of a patch', () => {
  const spent = (document: Document, patch: Parameters<typeof cities.patch>[1]): bigint => {
    const bench = withDocument(document);
    expect(bench.run([cities.patch(1, patch)])).toMatchObject({ ok: true });
    return bench.gasUsed - BigInt(cities.patch(1, patch).payload.length);
  };
  const list = (length: number): Document => new Map<string, Value>([['_id', 1], ['a', Array.from({ length }, (_, i) => i)]]);

  test('counts each change, each byte of the document before and after, and each comparison', () => {
    const small = new Map<string, Value>([['_id', 1], ['a', 1]]);
    // 29 bytes of BSON, kept behind version and height.
    const read = 16n + 5n + 29n;
    const written = 29n;
    expect(spent(small, { set: new Map([['a', 2]]) })).toBe(databaseGas.operation + databaseGas.keyWrite + databaseGas.patchStep + read + written);
    expect(spent(small, { set: new Map([['a', 2]]), unset: ['b', 'c'] })).toBe(databaseGas.operation + databaseGas.keyWrite + 3n * databaseGas.patchStep + read + written);
    const pulled = spent(list(100), { pullAll: new Map([['a', [-1, -2]]]) });
    expect(pulled - spent(list(100), { pullAll: new Map([['a', []]]) })).toBe(200n * databaseGas.comparison);
  });

  test('is asked for before the work is done', () => {
    expect(() => apply(documentToJson(list(900), 'canonical'), '{"$addToSet":{"a":{"$each":[-1,-2,-3]}}}', { gas: 1_000n })).toThrow(OutOfGas as never);
    expect(() => apply(documentToJson(list(900), 'canonical'), '{"$push":{"a":{"$each":[],"$sort":1}}}', { gas: 1_000n })).toThrow(OutOfGas as never);
  });
});

function withDocument(document: Document): ReturnType<typeof createBench> {
  const bench = createBench();
  expect(bench.run([createDatabase('world'), cities.create(), cities.insert([document])])).toMatchObject({ ok: true });
  return bench;
}
