import { describe, expect, it } from '@jest/globals';
import type { Collection, Decimal128, Infer, Inserted, ObjectId, Schema, Stored, WritableCollection } from '../src/index.ts';
import { checkSchema as checkOnChain, schemaFromDocument } from '@vsys/database/ops';
import { Decimal128 as Decimal, ObjectId as Id, schemaToDocument, Uuid } from '../src/index.ts';
import { checkSchema, type Kind } from '../src/schema.ts';
import { toDocument } from '../src/values.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The compiler is what tests these: `npm run types`. */
const holds = <T extends true>(...told: T[]): void => expect(told).toBeDefined();

const note = { text: 'string', done: 'boolean', due: 'date?', tags: ['string'], price: 'decimal?', by: { name: 'string', born: 'int?' }, count: 'long' } as const;
type Note = Infer<typeof note>;

describe('types', () => {
  it('come from the schema', () => {
    holds<Same<Note, { text: string; done: boolean; tags: string[]; by: { name: string; born?: number }; count: bigint; due?: Date; price?: Decimal128 }>>();
    holds<Same<Stored<Note>['_id'], ObjectId>>();
    holds<Same<Stored<{ _id: string; a: number }>, { _id: string; a: number }>>();
    holds<Same<Inserted<{ _id: string }>, { _id: string }>>();
  });

  it('are those of filters, updates and results', () => {
    const typed = (notes: Collection<Note>, writing: WritableCollection<Note>): void => {
      holds<Same<Awaited<ReturnType<typeof notes.findOne>>, Stored<Note> | null>>();
      void notes.find({ text: 'a', count: { $gt: 5n }, tags: 'x', 'by.name': 'b', $or: [{ done: true }] }).sort({ due: -1 });
      void writing.updateOne({ text: /a/ }, { $set: { done: true, 'by.name': 'c' }, $inc: { count: 1n }, $push: { tags: 'x' }, $unset: { due: '' } });
      // @ts-expect-error a text is no number
      void notes.find({ text: 5 });
      // @ts-expect-error no such field
      void notes.find({ txet: 'a' });
      // @ts-expect-error of another kind
      void writing.updateOne({}, { $set: { done: 'yes' } });
      // @ts-expect-error texts are not counted up
      void writing.updateOne({}, { $inc: { text: 1 } });
      // @ts-expect-error a field is missing
      void writing.insertOne({ text: 'a' });
    };
    expect(typed).toBeDefined();
  });
});

describe('a schema', () => {
  const fit = { text: 'a', done: false, tags: [], by: { name: 'x' }, count: 1n };

  it('takes what is as it says', () => {
    expect(() => checkSchema(note, { ...fit, due: new Date(), tags: ['a'], by: { name: 'x', born: 1815 } })).not.toThrow();
    expect(() => checkSchema(note, { ...fit, due: undefined, _id: 'any' })).not.toThrow();
  });

  it.each([
    ['"text" must be a string', { ...fit, text: 5 }], ['"done" must be a boolean; found nothing', { ...fit, done: undefined }], ['"count" must be a bigint', { ...fit, count: 1 }],
    ['"tags[1]" must be a string', { ...fit, tags: ['a', 1] }], ['"tags" must be a list', { ...fit, tags: 'a' }], ['"by" must be an object', { ...fit, by: null }],
    ['"by.born" must be a int', { ...fit, by: { name: 'x', born: 2 ** 31 } }], ['"by.age" is not in the schema', { ...fit, by: { name: 'x', age: 1 } }], ['"extra" is not in the schema', { ...fit, extra: 1 }],
  ])('refuses: %s', (message, document) => {
    expect(() => checkSchema(note, document as Record<string, unknown>)).toThrow(message);
  });
});

describe('a schema for the chain', () => {
  const kinds: readonly Kind[] = ['string', 'boolean', 'number', 'int', 'long', 'decimal', 'date', 'uuid', 'objectId', 'any'];
  const values: readonly unknown[] = ['a', '', true, 1, 1.5, 2 ** 31, -(2 ** 31), Number.NaN, 1n, new Decimal('1.5'), new Date(5), new Uuid(new Uint8Array(16)), new Id(), new Uint8Array(3), null, ['a'], { a: 1 }, undefined];
  const agrees = (schema: Schema, document: Record<string, unknown>): void => {
    const read = schemaFromDocument(schemaToDocument(schema));
    if (!read.ok) throw new RangeError(read.message);
    let here = true;
    try {
      checkSchema(schema, document);
    } catch {
      here = false;
    }
    expect([document, checkOnChain(read.value, toDocument(document), { charge: () => {} }).ok]).toEqual([document, here]);
  };

  it.each(kinds)('says of a %s what the driver says, alone, where it may be absent, in a list and inside', (kind) => {
    for (const value of values) for (const schema of [{ v: kind }, { v: `${kind}?` }] as const) agrees(schema, { _id: 1, v: value });
    for (const value of values) if (value !== undefined) agrees({ v: [kind] }, { v: [value] });
    for (const value of values) agrees({ v: { w: kind } }, { v: { w: value } });
    agrees({ v: kind }, { more: 1 });
  });
});
