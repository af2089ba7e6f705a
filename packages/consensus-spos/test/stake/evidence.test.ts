import { describe, expect, test } from '@jest/globals';
import { headerEvidence, verifyEvidence, voteEvidence } from '@vsys/consensus-spos';
import { cancelLease, claimBond, contend, enroll, evidence, lease, setKeys } from '@vsys/consensus-spos/ops';
import { sealMessage } from '@vsys/consensus/rules';
import type { SealedHeader } from '@vsys/data-format';
import { ffgEvidence, ffgVoteMessage } from '@vsys/finality-ffg';
import type { SignedBallot } from '@vsys/finality-ffg';
import { blockId, genesisAt, publicKeyOf, signerOf, verifySignature } from '../support.ts';
import { accountOf, CHAIN, createStakeBench, keyOf } from './stake-bench.ts';

const sign = signerOf(6);
const [LESSOR, REPORTER, HOLDER] = [11, 12, 5];
const rich = { 1: 1_000n, 2: 1_000n, 3: 1_000n, 4: 1_000n, [HOLDER]: 20_000n, [LESSOR]: 10_000n, [REPORTER]: 7n };
const rules = { chainId: CHAIN, slotMs: 1_000, verifySignature };

/** Two headers of a slot, by the key of a seed. The second differs in what `change` says. */
function headers(seed: number, timeMs: number, change: Partial<SealedHeader['header']> = { gasUsed: 1n }, other = seed): readonly [SealedHeader, SealedHeader] {
  const seal = (header: SealedHeader['header'], by: number): SealedHeader => ({ header, seal: sign(publicKeyOf(by), sealMessage(blockId(header))) });
  const header = { ...genesisAt(timeMs), chainId: CHAIN };
  return [seal(header, seed), seal({ ...header, ...change }, other)];
}

const proofOf = (seed: number, timeMs: number): Uint8Array => headerEvidence(publicKeyOf(seed).bytes, ...headers(seed, timeMs));

describe('a proof of two headers', () => {
  test('holds for two sealed headers of one slot, by itself', () => {
    expect(verifyEvidence(rules, proofOf(0, 5_000))).toEqual({ ok: true, value: { key: publicKeyOf(0).bytes, kind: 'two headers', slot: 5 } });
  });

  test.each([
    ['one header twice', {}, 0, 'both headers are the same'],
    ['two slots', { timeMs: 6_000 }, 0, 'slots 5 and 6'],
    ['another chain', { chainId: new Uint8Array(32) }, 0, 'another chain'],
    ['another key', { gasUsed: 1n }, 1, 'seal is not by the key'],
  ] as const)('is refused for %s', (_what, change, other, message) => {
    const proof = headerEvidence(publicKeyOf(0).bytes, ...headers(0, 5_000, change, other));
    expect(verifyEvidence(rules, proof)).toMatchObject({ ok: false, code: 'SPOS_EVIDENCE', message: expect.stringContaining(message) });
  });


  test('is refused when it is cut, lengthened, of another kind, or changed anywhere', () => {
    const proof = proofOf(0, 5_000);
    for (const bad of [proof.slice(0, -1), Uint8Array.of(...proof, 0), Uint8Array.of(9, ...proof.slice(1)), new Uint8Array()]) expect(verifyEvidence(rules, bad).ok).toBe(false);
    for (let at = 0; at < proof.length; at++) expect(verifyEvidence(rules, proof.map((byte, i) => (i === at ? byte ^ 1 : byte))).ok).toBe(false);
  });
});

/** Two votes with signatures, by the key of a seed. */
function votes(seed: number, a: readonly [source: number, target: number, id?: number], b: typeof a): Uint8Array | undefined {
  const signed = [a, b].map(([source, target, id = 0]): SignedBallot => {
    const ballot = { setId: new Uint8Array(32).fill(3), source: { height: source, id: new Uint8Array(32).fill(source) }, target: { height: target, id: new Uint8Array(32).fill(target + id) } };
    return { ...ballot, signature: sign(publicKeyOf(seed), ffgVoteMessage(CHAIN, ballot)) };
  });
  return ffgEvidence(publicKeyOf(seed).bytes, signed[0]!, signed[1]!);
}

describe('a proof of two votes', () => {
  test('holds for a double and for a surround vote, and there is none for votes that may both be signed', () => {
    const [double, surround] = [votes(0, [3, 5], [4, 5, 9])!, votes(0, [2, 9], [4, 5])!];
    expect(verifyEvidence(rules, voteEvidence(double))).toEqual({ ok: true, value: { key: publicKeyOf(0).bytes, kind: 'double vote', height: 5 } });
    expect(verifyEvidence(rules, voteEvidence(surround))).toEqual({ ok: true, value: { key: publicKeyOf(0).bytes, kind: 'surround vote', height: 9 } });
    expect(votes(0, [3, 5], [4, 6])).toBeUndefined();
    expect(verifyEvidence({ ...rules, chainId: new Uint8Array(32) }, voteEvidence(double))).toMatchObject({ ok: false, code: 'SPOS_EVIDENCE' });
    for (let at = 0; at < double.length; at++) expect(verifyEvidence(rules, voteEvidence(double.map((byte, i) => (i === at ? byte ^ 1 : byte)))).ok).toBe(false);
  });
});

describe('evidence in a block', () => {
  const seated = (): ReturnType<typeof createStakeBench> => {
    const bench = createStakeBench({ window: 10, bond: 1_000n, reporterPermille: 100, reward: 10n, evidenceSlots: 100 }, rich);
    bench.block([[HOLDER, enroll()], [LESSOR, lease(accountOf(HOLDER), 4_000n)]]);
    bench.blocks(10);
    expect(bench.contend(HOLDER, contend(16, publicKeyOf(4).bytes))).toMatchObject({ outcome: 'won' });
    return bench;
  };

  test('takes the seat and the bond, gives a part to the reporter, and leaves lessors alone', () => {
    const bench = seated();
    const before = bench.coins();
    expect(bench.run(REPORTER, evidence(proofOf(4, 12_000)))).toBe('ok');
    expect(bench.seats().map(({ index }) => index)).toEqual([0, 4, 8, 12]);
    expect(bench.record(HOLDER)).toMatchObject({ seat: undefined, convicted: true, bond: 0n, leasedIn: 4_000n });
    expect([bench.balance(REPORTER), bench.balance(HOLDER)]).toEqual([107n, 19_000n]);
    expect(bench.coins()).toEqual({ ...before, there: before.there - 900n, burned: before.burned + 900n });
    expect(bench.run(LESSOR, cancelLease(0))).toBe('ok');
    expect(bench.balance(LESSOR)).toBe(10_000n);
    // It seals on until the seats change, for nothing; and never again holds one.
    bench.blocks(1, HOLDER);
    expect(bench.balance(HOLDER)).toBe(19_000n);
    expect(bench.run(HOLDER, contend(20, publicKeyOf(4).bytes))).toBe('SPOS_BARRED');
    expect(bench.run(HOLDER, claimBond())).toBe('SPOS_NO_BOND');
  });

  test('of two votes convicts whose voting key signed them, as long as it is not too old', () => {
    const bench = createStakeBench({ window: 1, evidenceSlots: 10 }, rich);
    bench.run(1, setKeys(keyOf(90), publicKeyOf(4).bytes));
    const proof = voteEvidence(votes(4, [3, 5], [4, 5, 9])!);
    bench.blocks(13);
    expect(bench.run(REPORTER, evidence(proof))).toBe('ok');
    expect([bench.record(1)?.convicted, bench.seats().length]).toEqual([true, 3]);
    bench.run(2, setKeys(keyOf(91), publicKeyOf(5).bytes));
    expect(bench.run(REPORTER, evidence(voteEvidence(votes(5, [3, 5], [4, 5, 9])!)))).toBe('SPOS_EVIDENCE_AGE');
    // A branch that is longer than this one may have had its votes.
    expect(bench.run(REPORTER, evidence(voteEvidence(votes(5, [3, 90], [4, 90, 9])!)))).toBe('ok');
  });

  test('is taken once', () => {
    const bench = seated();
    expect(bench.run(REPORTER, evidence(proofOf(4, 12_000)))).toBe('ok');
    expect(bench.run(REPORTER, evidence(proofOf(4, 12_000)))).toBe('SPOS_EVIDENCE_KNOWN');
    expect(bench.run(REPORTER, evidence(proofOf(4, 11_000)))).toBe('SPOS_EVIDENCE_KNOWN');
  });

  test('finds who used a key before, and is refused for keys of nobody, for slots to come and for old ones', () => {
    const bench = seated();
    expect(bench.run(HOLDER, setKeys(keyOf(90)))).toBe('ok');
    expect(bench.run(REPORTER, evidence(proofOf(5, 12_000)))).toBe('SPOS_EVIDENCE_KEY');
    expect(bench.run(REPORTER, evidence(proofOf(4, 1_000 * (bench.height + 2))))).toBe('SPOS_EVIDENCE_AGE');
    bench.blocks(99);
    expect(bench.run(REPORTER, evidence(proofOf(4, 12_000)))).toBe('SPOS_EVIDENCE_AGE');
    expect(bench.run(REPORTER, evidence(proofOf(4, 1_000 * (bench.height + 1 - 100))))).toBe('ok');
    expect(bench.record(HOLDER)?.convicted).toBe(true);
  });

  test('reaches a bond that waits to be claimed', () => {
    const bench = seated();
    bench.block([[REPORTER, enroll()]]);
    expect(bench.contend(LESSOR, contend(16, keyOf(91)))).toMatchObject({ outcome: 'weak' });
    bench.run(LESSOR, cancelLease(0));
    bench.blocks(10);
    bench.run(HOLDER, { container: 'coin', payload: Uint8Array.of(...accountOf(LESSOR), 0, 0, 0, 0, 0, 0, 0x3a, 0x98) });
    expect(bench.contend(LESSOR, contend(16, keyOf(91)))).toMatchObject({ outcome: 'won' });
    expect(bench.record(HOLDER)).toMatchObject({ seat: undefined, bond: 1_000n });
    expect(bench.run(REPORTER, evidence(proofOf(4, 12_000)))).toBe('ok');
    expect([bench.record(HOLDER)?.bond, bench.balance(REPORTER), bench.seats().length]).toEqual([0n, 107n, 5]);
  });

  test('leaves the last seat, unpaid, until somebody contends for it', () => {
    const bench = createStakeBench({ window: 1, reward: 10n, seatsFloor: 1 }, rich);
    bench.block([[LESSOR, enroll()]]);
    for (const seed of [1, 2, 3, 0]) expect(bench.run(REPORTER, evidence(proofOf(seed, 1_000)))).toBe('ok');
    expect(bench.seats().map(({ index }) => index)).toEqual([0]);
    bench.blocks(1, 1);
    expect(bench.balance(1)).toBe(1_000n);
    expect(bench.contend(LESSOR, contend(0, keyOf(91)))).toMatchObject({ outcome: 'won' });
  });
});
