import { describe, expect, test } from '@jest/globals';
import { compareBytes, toHex } from '@vsys/primitives';
import fc from 'fast-check';

import { createMemoryStore } from '../src/index.ts';
import type { RangeOptions, Store, StoreOp } from '../src/index.ts';

const key = fc.uint8Array({ minLength: 1, maxLength: 3, max: 5 });
const value = fc.uint8Array({ maxLength: 4 });
const op: fc.Arbitrary<StoreOp> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), key }) },
);
const range: fc.Arbitrary<RangeOptions> = fc.record(
  { gte: fc.uint8Array({ maxLength: 3, max: 5 }), lt: fc.uint8Array({ maxLength: 3, max: 5 }), reverse: fc.boolean(), limit: fc.nat(40) },
  { requiredKeys: [] },
);

async function list(store: Store, options: RangeOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const [k, v] of store.iterate(options)) found.push(`${toHex(k)}=${toHex(v)}`);
  return found;
}

/** The plain way: a list sorted anew for each question. */
function expected(ops: readonly StoreOp[], { gte, lt, reverse, limit }: RangeOptions): string[] {
  const model = new Map<string, [Uint8Array, Uint8Array]>();
  for (const one of ops) {
    if (one.type === 'put') model.set(toHex(one.key), [one.key, one.value]);
    else model.delete(toHex(one.key));
  }
  let entries = [...model.values()].sort((a, b) => compareBytes(a[0], b[0]));
  entries = entries.filter(([k]) => (gte === undefined || compareBytes(k, gte) >= 0) && (lt === undefined || compareBytes(k, lt) < 0));
  if (reverse === true) entries.reverse();
  return entries.slice(0, limit ?? entries.length).map(([k, v]) => `${toHex(k)}=${toHex(v)}`);
}

describe('memory store', () => {
  test('answers every range as a sorted list would, however the operations are cut into batches', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(op, { maxLength: 90 }), { maxLength: 12 }), fc.array(range, { maxLength: 6 }), async (batches, ranges) => {
      const store = createMemoryStore();
      for (const batch of batches) await store.batch(batch);
      for (const options of [{}, ...ranges]) expect(await list(store, options)).toEqual(expected(batches.flat(), options));
    }), { numRuns: 150 });
  });
});
