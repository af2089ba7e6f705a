import { createOrphanPool } from '@vsys/block-tree';
import { describe, expect, test } from '@jest/globals';
import { idOf } from './support.ts';

const orphan = (id: number, from: string, bytes = 10, parent = 1000) => ({ id: idOf(id), parent: idOf(parent), from, bytes, value: id });

describe('orphan pool', () => {
  test('hands out those that waited for a parent, once, in order of arrival', () => {
    const pool = createOrphanPool<number>();
    pool.add(orphan(1, 'a'), 0);
    pool.add(orphan(2, 'b'), 0);
    pool.add(orphan(3, 'b', 10, 7), 0);
    expect(pool.take(idOf(1000)).map((one) => one.value)).toEqual([1, 2]);
    expect(pool.take(idOf(1000))).toEqual([]);
    expect([pool.size, pool.bytes]).toEqual([1, 10]);
  });

  test('refuses a duplicate, more than its share from one peer, and what can never fit', () => {
    const pool = createOrphanPool<number>({ perPeerMax: 1, bytesMax: 100 });
    expect(pool.add(orphan(1, 'a'), 0).ok).toBe(true);
    expect(pool.add(orphan(1, 'b'), 0)).toMatchObject({ code: 'ORPHAN_DUPLICATE' });
    expect(pool.add(orphan(2, 'a'), 0)).toMatchObject({ code: 'ORPHAN_PEER_FULL' });
    expect(pool.add(orphan(3, 'c', 101), 0)).toMatchObject({ code: 'ORPHAN_TOO_LARGE' });
  });

  test('when full, the peer with most loses its oldest, so that one peer cannot push out the others', () => {
    const pool = createOrphanPool<number>({ orphansMax: 4 });
    for (const [id, from] of [[1, 'good'], [2, 'bad'], [3, 'bad'], [4, 'bad'], [5, 'new']] as const) pool.add(orphan(id, from), 0);
    expect([1, 2, 3, 4, 5].map((id) => pool.has(idOf(id)))).toEqual([true, false, true, true, true]);
  });

  test('forgets after a minute by default', () => {
    const pool = createOrphanPool<number>();
    pool.add(orphan(1, 'a'), 1000);
    expect(pool.expire(60_999)).toBe(0);
    expect(pool.expire(61_000)).toBe(1);
    expect([pool.size, pool.bytes]).toEqual([0, 0]);
  });
});
