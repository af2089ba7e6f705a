import { describe, expect, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { createStateJournal, createGasMeter } from '@vsys/container';
import type { BlockContext } from '@vsys/container';
import { approveAuthorityChange, authoritiesFromBytes, authorityListKey, createAuthorityContainer, EVIDENCE_BLOCKS_MAX, EVIDENCE_BYTES_MAX, OPEN_CHANGE_BLOCKS_MAX, reportAuthority } from '@vsys/consensus';
import type { Authority, AuthorityChange } from '@vsys/consensus';
import { accept, refuse, uint32FromBytes, uint32ToBytes, concatBytes, toHex } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';

const authority = (i: number): Authority => ({ account: new Uint8Array(20).fill(i), key: new Uint8Array(32).fill(i) });
const four = [1, 2, 3, 4].map(authority);
/** A proof here is the key that it shows, and the height of what it did: what proofs are is the module's. */
const verifyEvidence = (proof: Uint8Array): Verdict<{ key: Uint8Array; height: number }> =>
  (proof.length === 36 ? accept({ key: proof.slice(0, 32), height: uint32FromBytes(proof, 32) }) : refuse('TEST_PROOF', 'expected 36 bytes'));
const proofOf = (key: Uint8Array, height: number): Uint8Array => concatBytes(key, uint32ToBytes(height));

const add = (i: number): AuthorityChange => ({ kind: 'add', ...authority(i) });
const remove = (i: number): AuthorityChange => ({ kind: 'remove', account: authority(i).account });
const approval = (change: AuthorityChange): Uint8Array => approveAuthorityChange('auth', change).payload;

/** State that lasts over blocks. */
function chainOf(authorities: readonly Authority[]) {
  const container = createAuthorityContainer({ name: 'auth', authorities, verifyEvidence });
  const state = new Map<string, Uint8Array>();
  const run = (payload: Uint8Array, by: number, height: number): string => {
    expect(container.check(payload)).toMatchObject({ ok: true });
    const block: BlockContext = { chainId: new Uint8Array(32), height, timeMs: height, parent: new Uint8Array(32) };
    const { account: actor } = authority(by);
    const journal = createStateJournal();
    for (const key of container.touches(payload, actor, block)) journal.load(key, state.get(toHex(key)));
    const done = container.execute(payload, { block, transactionId: new Uint8Array(32), index: 0, count: 1, signers: [actor], actor, payer: actor, state: journal, gas: createGasMeter(1_000_000n) });
    if (!done.ok) return done.code;
    journal.commit();
    for (const { key, value } of journal.writes()) {
      if (value === undefined) state.delete(toHex(key));
      else state.set(toHex(key), value);
    }
    return done.value.length === 1 ? ['open', 'done'][done.value[0] as number]! : 'ok';
  };
  return {
    approve: (change: AuthorityChange, by: number, height: number) => run(approval(change), by, height),
    report: (key: Uint8Array, of: number, height: number) => run(reportAuthority('auth', proofOf(key, of)).payload, 9, height),
    get list(): readonly number[] {
      const bytes = state.get(toHex(authorityListKey('auth')));
      return ((bytes === undefined ? undefined : authoritiesFromBytes(bytes)) ?? authorities).map(({ account }) => account[0]!);
    },
  };
}

const bytesOf = (...parts: number[]): Uint8Array => Uint8Array.from(parts);
containerCompliance({ test, create: () => ({
  container: createAuthorityContainer({ name: 'auth', authorities: four, verifyEvidence }),
  malformed: [new Uint8Array(), bytesOf(0), bytesOf(1), bytesOf(2), approval(add(5)).slice(0, -1), approval(remove(2)).with(53, 1), approval(add(5)).with(1, 4), new Uint8Array(EVIDENCE_BYTES_MAX + 2).fill(2)],
  story: [
    { payload: approval(add(5)), actor: authority(1).account, becomes: 'ok' },
    { payload: approval(add(5)), actor: authority(1).account, becomes: 'AUTHORITY_CHANGE' },
    { payload: approval(add(5)), actor: authority(7).account, becomes: 'AUTHORITY_ACTOR' },
    { payload: approval(add(5)), actor: authority(2).account, becomes: 'ok' },
    { payload: approval(add(5)), actor: authority(3).account, becomes: 'ok' },
    { payload: approval(remove(6)), actor: authority(3).account, becomes: 'AUTHORITY_CHANGE' },
    { payload: reportAuthority('auth', proofOf(authority(2).key, 1)).payload, actor: authority(9).account, becomes: 'ok' },
    { payload: reportAuthority('auth', proofOf(authority(2).key, 1)).payload, actor: authority(9).account, becomes: 'AUTHORITY_EVIDENCE' },
    { payload: reportAuthority('auth', bytesOf(1)).payload, actor: authority(9).account, becomes: 'AUTHORITY_EVIDENCE' },
  ],
}) });

describe('a change of authorities', () => {
  test('is done when more than two thirds are for it, whoever was first', () => {
    const chain = chainOf(four);
    expect([chain.approve(add(5), 2, 1), chain.approve(add(5), 4, 2), chain.list]).toEqual(['open', 'open', [1, 2, 3, 4]]);
    expect([chain.approve(add(5), 1, 3), chain.list]).toEqual(['done', [1, 2, 3, 4, 5]]);
    // Four of five now.
    expect([1, 2, 3, 5].map((by) => chain.approve(remove(4), by, 4))).toEqual(['open', 'open', 'open', 'done']);
    expect(chain.list).toEqual([1, 2, 3, 5]);
    expect(chain.approve(remove(1), 4, 5)).toBe('AUTHORITY_ACTOR');
  });

  test('below four all must be for it; the last one stays', () => {
    const chain = chainOf(four.slice(0, 2));
    expect([chain.approve(remove(2), 1, 1), chain.approve(remove(2), 2, 2), chain.list]).toEqual(['open', 'done', [1]]);
    expect(chain.approve(remove(1), 1, 3)).toBe('AUTHORITY_CHANGE');
    expect([chain.approve(add(7), 1, 3), chain.list]).toEqual(['done', [1, 7]]);
  });

  test('what is open is void when the list changes, and a second proposal withdraws the first', () => {
    const chain = chainOf(four);
    expect([chain.approve(add(5), 1, 1), chain.approve(add(6), 1, 1), chain.approve(add(5), 2, 1), chain.approve(add(5), 3, 1)]).toEqual(['open', 'open', 'open', 'open']);
    expect([2, 3, 4].map((by) => chain.approve(remove(1), by, 2))).toEqual(['open', 'open', 'done']);
    expect([2, 3].map((by) => chain.approve(add(5), by, 3))).toEqual(['open', 'open']);
    expect([chain.list, chain.approve(add(5), 4, 3)]).toEqual([[2, 3, 4], 'done']);
  });

  test('is forgotten when nobody else is for it', () => {
    const chain = chainOf(four);
    expect([1, 2].map((by) => chain.approve(add(5), by, 1))).toEqual(['open', 'open']);
    expect(chain.approve(add(5), 3, 1 + OPEN_CHANGE_BLOCKS_MAX)).toBe('open');
    expect(chain.list).toEqual([1, 2, 3, 4]);
  });

  test('one block changes fewer than a third, also by several changes', () => {
    const chain = chainOf([1, 2, 3, 4, 5, 6, 7].map(authority));
    const done = (change: AuthorityChange, height: number) => [1, 2, 3, 4, 5].map((by) => chain.approve(change, by, height)).at(-1);
    expect([done(remove(7), 1), done(remove(6), 1), chain.list]).toEqual(['done', 'done', [1, 2, 3, 4, 5]]);
    expect([1, 2, 3].map((by) => chain.approve(remove(5), by, 1))).toEqual(['open', 'open', 'open']);
    expect([chain.approve(remove(5), 4, 1), chain.list]).toEqual(['AUTHORITY_TURNOVER', [1, 2, 3, 4, 5]]);
    expect([chain.approve(remove(5), 4, 2), chain.list]).toEqual(['done', [1, 2, 3, 4]]);
  });

  test('a key is of one authority, also for a while after it was replaced', () => {
    const chain = chainOf(four);
    const rotate: AuthorityChange = { kind: 'rotate', account: authority(2).account, key: authority(8).key };
    expect([1, 2, 3].map((by) => chain.approve(rotate, by, 1))).toEqual(['open', 'open', 'done']);
    expect(chain.approve({ kind: 'add', account: authority(9).account, key: authority(2).key }, 1, 2)).toBe('AUTHORITY_CHANGE');
    expect(chain.approve({ kind: 'add', account: authority(9).account, key: authority(8).key }, 1, 2)).toBe('AUTHORITY_CHANGE');
    expect(chain.list).toEqual([1, 2, 3, 4]);
  });
});

describe('evidence', () => {
  test('removes whoever it shows, once, with any key that the account had lately', () => {
    const chain = chainOf(four);
    const rotate: AuthorityChange = { kind: 'rotate', account: authority(2).account, key: authority(8).key };
    expect([1, 2, 3].map((by) => chain.approve(rotate, by, 5)).at(-1)).toBe('done');
    expect([chain.report(authority(2).key, 4, 7), chain.list]).toEqual(['ok', [1, 3, 4]]);
    expect(chain.report(authority(8).key, 6, 8)).toBe('AUTHORITY_EVIDENCE');
    // It is taken in again: what it did before counts no more, what it does then does.
    expect([1, 3, 4].map((by) => chain.approve(add(2), by, 9)).at(-1)).toBe('done');
    expect([chain.report(authority(2).key, 7, 10), chain.list]).toEqual(['AUTHORITY_EVIDENCE', [1, 3, 4, 2]]);
    expect([chain.report(authority(2).key, 10, 11), chain.list]).toEqual(['ok', [1, 3, 4]]);
  });

  test('counts neither for what is long past nor for what is to come, nor against strangers', () => {
    const chain = chainOf(four);
    const late = 10 + EVIDENCE_BLOCKS_MAX;
    expect([chain.report(authority(1).key, 9, late), chain.report(authority(1).key, late + 1, late), chain.report(authority(7).key, late, late)]).toEqual(['AUTHORITY_EVIDENCE', 'AUTHORITY_EVIDENCE', 'AUTHORITY_EVIDENCE']);
    expect([chain.report(authority(1).key, 10, late), chain.list]).toEqual(['ok', [2, 3, 4]]);
  });

  test('against several waits for the next block, and leaves the last one', () => {
    const chain = chainOf(four);
    expect([chain.report(authority(1).key, 1, 1), chain.report(authority(2).key, 1, 1), chain.list]).toEqual(['ok', 'AUTHORITY_TURNOVER', [2, 3, 4]]);
    expect([2, 3, 4].map((i) => chain.report(authority(i).key, i, i))).toEqual(['ok', 'ok', 'AUTHORITY_CHANGE']);
    expect(chain.list).toEqual([4]);
  });
});
