import { expect, test } from '@jest/globals';
import { headerEvidence } from '@vsys/consensus-spos';
import { cancelLease, claim, claimBond, contend, enroll, evidence, lease, release, setKeys, setShare } from '@vsys/consensus-spos/ops';
import { sealMessage } from '@vsys/consensus/rules';
import { uint64FromBytes } from '@vsys/primitives';
import fc from 'fast-check';
import { blockId, genesisAt, publicKeyOf, signerOf } from '../support.ts';
import { accountOf, CHAIN, createStakeBench, keyOf, pay } from './stake-bench.ts';
import type { BenchCall } from './stake-bench.ts';

const sign = signerOf(4);
const proofOf = (seed: number): Uint8Array => {
  const headers = [0n, 1n].map((gasUsed) => ({ ...genesisAt(1_000), chainId: CHAIN, gasUsed })).map((header) => ({ header, seal: sign(publicKeyOf(seed), sealMessage(blockId(header))) }));
  return headerEvidence(publicKeyOf(seed).bytes, headers[0]!, headers[1]!);
};
const proofs = [0, 1, 2, 3].map(proofOf);
const accounts = 8;

const account = fc.integer({ min: 1, max: accounts });
const seated = fc.integer({ min: 1, max: 4 });
const amount = fc.oneof(fc.bigInt(1n, 100n), fc.bigInt(1n, 1_000_000n));
const id = fc.integer({ min: 0, max: 2 });
const seat = fc.integer({ min: 0, max: 6 }).map((at) => 4 * at);
const call: fc.Arbitrary<BenchCall> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(enroll()) },
  { weight: 6, arbitrary: fc.tuple(fc.oneof(seated, account), amount).map(([to, coins]) => lease(accountOf(to), coins)) },
  { weight: 4, arbitrary: id.map(cancelLease) },
  { weight: 4, arbitrary: id.map(claim) },
  { weight: 4, arbitrary: fc.tuple(seat, account).map(([index, key]) => contend(index, keyOf(100 + key))) },
  { weight: 3, arbitrary: seat.map(release) },
  { weight: 1, arbitrary: account.map((key) => setKeys(keyOf(150 + key))) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 1_000 }).map(setShare) },
  { weight: 1, arbitrary: fc.constant(claimBond()) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }).map((seed) => evidence(proofs[seed]!)) },
  { weight: 6, arbitrary: fc.tuple(account, amount).map(([to, coins]) => pay(to, coins)) },
);
const blocks = fc.array(fc.record({
  transactions: fc.array(fc.tuple(account, call), { maxLength: 6 }),
  author: fc.oneof(seated, account),
  quiet: fc.integer({ min: 0, max: 4 }),
}), { minLength: 20, maxLength: 40 });

test('coins are neither made nor lost: balances, leases, bonds and unpaid interest are those of genesis, with those minted, less those burned', () => {
  const seen = new Map<string, number>();
  fc.assert(fc.property(blocks, fc.bigInt(0n, 100_000n), fc.constantFrom('spos' as const, 'v1-faithful' as const), (told, reward, profile) => {
    const genesis = Object.fromEntries(Array.from({ length: accounts }, (_, i) => [i + 1, 500_000n]));
    const bench = createStakeBench({ profile, window: 7, reward, contendFee: 77n, contendMinimum: 1_000n, bond: 999n, bondEpochs: 2, rebar: 2, seatsFloor: 4, interestSpread: 9, shareNotice: 2 }, genesis);
    const given = 500_000n * BigInt(accounts);
    bench.block([1, 2, 3, 4].map((holder) => [holder, setShare(600)]));
    for (const { transactions, author, quiet } of told) {
      for (const [i, { becomes, result }] of bench.block(transactions, author).entries()) {
        seen.set(becomes, (seen.get(becomes) ?? 0) + 1);
        const { container, payload } = transactions[i]![1];
        const isPaying = becomes === 'ok' && container === 'spos' && (payload[0] === 3 || payload[0] === 8);
        if (isPaying && uint64FromBytes(result) > 0n) seen.set('interest', (seen.get('interest') ?? 0) + 1);
      }
      bench.blocks(quiet, author);
      const { there, minted, burned } = bench.coins();
      expect(there).toBe(given + minted - burned);
      const records = Array.from({ length: accounts }, (_, i) => ({ number: i + 1, record: bench.record(i + 1) }));
      // What a record says of seats and coins is what the list and the balances say.
      for (const { number, record } of records) {
        const listed = bench.seats().find((one) => one.account[0] === number);
        expect(record?.seat).toBe(listed?.index);
        if (record !== undefined) expect(record.weight.effective).toBe(bench.balance(number) + record.leasedIn);
        expect(bench.minting(number) <= bench.balance(number) + (record?.leasedIn ?? 0n)).toBe(true);
      }
    }
  }), { numRuns: 30 });
  // The property says nothing about what never happened.
  for (const outcome of ['ok', 'interest', 'SPOS_NO_LEASE', 'SPOS_BARRED', 'SPOS_FLOOR', 'SPOS_EVIDENCE_KNOWN', 'SPOS_HOLDS_SEAT']) expect(seen.get(outcome)).toBeGreaterThan(0);
});
