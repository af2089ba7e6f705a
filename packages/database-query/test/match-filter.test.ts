import { describe, expect, it } from '@jest/globals';
import { type Document, int32, type Value } from '@vsys/data-format/value';
import { compileFilter } from '../src/verify.ts';

/** Plain objects as documents: numbers are doubles. */
const valueOf = (json: unknown): Value => {
  if (Array.isArray(json)) return json.map(valueOf);
  return typeof json === 'object' && json !== null && !('kind' in json) ? new Map(Object.entries(json).map(([name, one]) => [name, valueOf(one)])) : json as Value;
};
const documentOf = (json: object): Document => valueOf(json) as Document;

function matches(filter: object, document: object): boolean {
  const compiled = compileFilter(documentOf(filter));
  if (!compiled.ok) throw new RangeError(compiled.message);
  return compiled.value(documentOf(document));
}

const tea = { name: 'Sencha', price: 4, tags: ['green', 'leaf'], sizes: [{ g: 50, price: 4 }, { g: 100, price: 7 }], origin: { country: 'JP', year: 2025n }, sold: null };

describe('a filter', () => {
  it.each<[object]>([
    [{}], [{ name: 'Sencha' }], [{ price: { $gt: 3, $lte: 4 } }], [{ price: { $eq: int32(4) } }], [{ 'origin.country': 'JP' }], [{ 'origin.year': 2025 }], [{ tags: 'leaf' }], [{ tags: ['green', 'leaf'] }],
    [{ 'sizes.g': 100 }], [{ 'sizes.1.price': 7 }], [{ sold: null }], [{ missing: null }], [{ missing: { $exists: false } }], [{ sold: { $exists: true } }], [{ price: { $in: [1, 4] } }], [{ price: { $nin: [1, 2] } }],
    [{ name: { $ne: 'Assam' } }], [{ tags: { $size: 2 } }], [{ tags: { $all: ['leaf', 'green'] } }], [{ sizes: { $elemMatch: { g: { $gt: 60 }, price: 7 } } }], [{ price: { $mod: [3, 1] } }], [{ 'origin.year': { $mod: [5, 0] } }],
    [{ name: { $regex: '^SEN', $options: 'i' } }], [{ price: { $not: { $gt: 4 } } }], [{ $or: [{ price: 9 }, { name: 'Sencha' }] }], [{ $and: [{ price: 4 }, { tags: 'leaf' }] }], [{ $nor: [{ price: 9 }] }],
    [{ price: { $type: 'number' } }], [{ 'origin.year': { $type: 'long' } }], [{ tags: { $type: 'string' } }], [{ sizes: { $elemMatch: { $or: [{ g: 50 }] } } }], [{ origin: { country: 'JP', year: 2025n } }],
  ])('matches %j', (filter) => {
    expect(matches(filter, tea)).toBe(true);
  });

  it.each<[object]>([
    [{ name: 'sencha' }], [{ price: { $gt: 4 } }], [{ price: { $gt: '3' } }], [{ name: { $lt: 5 } }], [{ tags: ['leaf', 'green'] }], [{ tags: { $size: 1 } }], [{ tags: { $all: [] } }], [{ price: null }],
    [{ sizes: { $elemMatch: { g: 50, price: 7 } } }], [{ tags: { $ne: 'leaf' } }], [{ tags: { $nin: ['leaf'] } }], [{ name: { $regex: '^en' } }], [{ price: { $not: { $eq: 4 } } }], [{ $or: [{ price: 9 }] }],
    [{ $nor: [{ price: 4 }] }], [{ origin: { year: 2025n, country: 'JP' } }], [{ 'name.first': 'Sencha' }], [{ price: { $exists: false } }], [{ sold: { $type: 'string' } }], [{ price: { $lt: Number.NaN } }],
  ])('leaves out %j', (filter) => {
    expect(matches(filter, tea)).toBe(false);
  });

  it.each<[object]>([
    [{ $where: 'true' }], [{ price: { $near: 1 } }], [{ $or: [] }], [{ $and: { a: 1 } }], [{ price: { $in: 4 } }], [{ price: { $exists: 1 } }], [{ price: { $size: 'two' } }], [{ price: { $mod: [0, 1] } }], [{ name: { $regex: '(' } }],
    [{ name: { $options: 'i' } }], [{ price: { $type: 'float' } }], [{ sizes: { $elemMatch: 5 } }], [{ price: { $not: 5 } }], [{ name: { $regex: 'a', $options: 'g' } }],
  ])('refuses %j', (filter) => {
    expect(compileFilter(documentOf(filter))).toMatchObject({ ok: false, code: 'QUERY_MALFORMED' });
  });

  it('refuses operators inside operators without end', () => {
    let filter: object = { a: 1 };
    for (let i = 0; i < 40; i++) filter = { $and: [filter] };
    expect(compileFilter(documentOf(filter))).toMatchObject({ ok: false, code: 'QUERY_MALFORMED' });
  });
});
