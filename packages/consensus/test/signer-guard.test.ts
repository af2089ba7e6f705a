import { createSignerGuard } from '@vsys/consensus';
import type { GuardStore, PublicKeyOf } from '@vsys/consensus';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

const KEY: PublicKeyOf = { scheme: 'ed25519', bytes: new Uint8Array(32).fill(7) };

function memory(): GuardStore & { readonly values: Map<string, Uint8Array> } {
  const values = new Map<string, Uint8Array>();
  return { values, load: async (name) => values.get(name), save: async (name, bytes) => void values.set(name, bytes) };
}

describe('signer guard', () => {
  test('refuses a second block of a slot and one of an earlier slot, also after a restart', async () => {
    const store = memory();
    const guard = createSignerGuard(store);
    expect((await guard.allow(KEY, { kind: 'block', slot: 5n })).ok).toBe(true);
    for (const one of [guard, createSignerGuard(store)]) {
      expect(await one.allow(KEY, { kind: 'block', slot: 5n })).toMatchObject({ code: 'GUARD_BLOCK' });
      expect(await one.allow(KEY, { kind: 'block', slot: 4n })).toMatchObject({ code: 'GUARD_BLOCK' });
    }
    expect((await guard.allow(KEY, { kind: 'block', slot: 6n })).ok).toBe(true);
  });

  test('height, round and step together only grow, through a restart, and beside the marks of slots and votes', async () => {
    const store = memory();
    const guard = createSignerGuard(store);
    const at = (height: bigint, round: number, step: number) => ({ kind: 'round', height, round, step }) as const;
    const code = async (one: ReturnType<typeof createSignerGuard>, height: bigint, round: number, step: number) => {
      const verdict = await one.allow(KEY, at(height, round, step));
      return verdict.ok ? 'ok' : verdict.code;
    };
    expect(await code(guard, 5n, 1, 2)).toBe('ok');
    expect((await guard.allow(KEY, { kind: 'block', slot: 1n })).ok).toBe(true);
    for (const one of [guard, createSignerGuard(store)]) {
      for (const [height, round, step] of [[5n, 1, 2], [5n, 1, 1], [5n, 0, 3], [4n, 9, 3]] as const) expect(await code(one, height, round, step)).toBe('GUARD_ROUND');
      expect(await one.allow(KEY, { kind: 'block', slot: 1n })).toMatchObject({ code: 'GUARD_BLOCK' });
    }
    expect(await code(guard, 5n, 1, 3)).toBe('ok');
    expect(await code(guard, 5n, 2, 1)).toBe('ok');
    expect(await code(guard, 6n, 0, 1)).toBe('ok');
    await guard.raise(KEY, { slot: 9n });
    expect(await code(createSignerGuard(store), 6n, 0, 1)).toBe('GUARD_ROUND');
  });

  test('keys and kinds have marks of their own', async () => {
    const guard = createSignerGuard(memory());
    const other: PublicKeyOf = { ...KEY, bytes: new Uint8Array(32).fill(8) };
    expect((await guard.allow(KEY, { kind: 'block', slot: 5n })).ok).toBe(true);
    expect((await guard.allow(other, { kind: 'block', slot: 5n })).ok).toBe(true);
    expect((await guard.allow(KEY, { kind: 'vote', source: 0n, target: 1n })).ok).toBe(true);
  });

  test('opened, tells damaged marks before a slot comes, and never takes them for none', async () => {
    const store = memory();
    const guard = createSignerGuard(store);
    await guard.allow(KEY, { kind: 'block', slot: 5n });
    await createSignerGuard(store).open([KEY]);
    const [name] = store.values.keys();
    store.values.set(name as string, Uint8Array.of(1, 2, 3));
    const again = createSignerGuard(store);
    await expect(again.open([KEY])).rejects.toMatchObject({ code: 'GUARD_MARKS', message: expect.stringContaining('restore') });
    expect(await again.allow(KEY, { kind: 'block', slot: 6n })).toMatchObject({ code: 'GUARD_STORE' });
  });

  test('allows nothing that it could not make durable, and goes on when the store is back', async () => {
    const store = memory();
    let broken = true;
    const guard = createSignerGuard({ load: store.load, save: async (name, bytes) => (broken ? Promise.reject(new Error('disk full')) : store.save(name, bytes)) });
    expect(await guard.allow(KEY, { kind: 'block', slot: 5n })).toMatchObject({ code: 'GUARD_STORE' });
    broken = false;
    expect((await guard.allow(KEY, { kind: 'block', slot: 5n })).ok).toBe(true);
  });

  test('refuses to sign with damaged marks', async () => {
    const guard = createSignerGuard({ load: async () => new Uint8Array(3), save: async () => undefined });
    expect(await guard.allow(KEY, { kind: 'block', slot: 5n })).toMatchObject({ code: 'GUARD_STORE' });
  });

  test('two requests at once for one slot get one signature', async () => {
    const guard = createSignerGuard(memory());
    const verdicts = await Promise.all([guard.allow(KEY, { kind: 'block', slot: 1n }), guard.allow(KEY, { kind: 'block', slot: 1n })]);
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('marks that are raised never fall', async () => {
    const guard = createSignerGuard(memory());
    await guard.raise(KEY, { slot: 9n });
    await guard.raise(KEY, { slot: 3n });
    expect((await guard.allow(KEY, { kind: 'block', slot: 9n })).ok).toBe(false);
  });

  test('never allows two votes of one target or two votes of which one surrounds the other', async () => {
    const votes = fc.array(fc.record({ source: fc.bigInt(0n, 12n), target: fc.bigInt(0n, 12n) }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(votes, async (asked) => {
        const store = memory();
        const allowed: { source: bigint; target: bigint }[] = [];
        for (const vote of asked) if ((await createSignerGuard(store).allow(KEY, { kind: 'vote', ...vote })).ok) allowed.push(vote);
        for (const [i, a] of allowed.entries()) {
          for (const b of allowed.slice(i + 1)) {
            expect(a.target).not.toBe(b.target);
            expect(a.source < b.source && b.target < a.target).toBe(false);
            expect(b.source < a.source && a.target < b.target).toBe(false);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
