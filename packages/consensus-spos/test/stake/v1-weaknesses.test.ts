/** What the rules of the deployed network allow, and these do not. */
import { describe, expect, test } from '@jest/globals';
import { createSposRules, isTimeOfV1, sposExtToBytes } from '@vsys/consensus-spos';
import type { StakeParams, V1Block } from '@vsys/consensus-spos';
import { cancelLease, contend, enroll, lease } from '@vsys/consensus-spos/ops';
import type { ContendResult } from '@vsys/consensus-spos/ops';
import { sealMessage } from '@vsys/consensus/rules';
import { createBranch } from '../branch.ts';
import { blockId, paramsOf, publicKeyOf, signerOf, verifySignature } from '../support.ts';
import { accountOf, createStakeBench, keyOf, pay } from './stake-bench.ts';
import type { BenchCall } from './stake-bench.ts';

const window = 160;
const [HOLDER, RIVAL, ATTACKER] = [1, 12, 13];
const balances = { [HOLDER]: 800_000n, 2: 1n, 3: 1n, 4: 1n, [RIVAL]: 1_000_000n, [ATTACKER]: 10_000_000n };

/** The rival enrols and waits for a whole window, while the attacker does something in each block. */
function contestUnder(profile: StakeParams['profile'], attack: (block: number) => readonly (readonly [number, BenchCall])[]): ContendResult {
  const bench = createStakeBench({ profile, window }, balances);
  bench.blocks(window);
  bench.block([[RIVAL, enroll()]]);
  for (let block = 0; block < window; block++) {
    const results = bench.block(attack(block));
    expect(results.every(({ becomes }) => becomes === 'ok')).toBe(true);
  }
  const result = bench.contend(RIVAL, contend(0, keyOf(90)));
  if (typeof result === 'string') throw new RangeError(result);
  return result;
}

describe('a rival who has more coins than a holder, and has had them for a whole window', () => {
  const dust = (): readonly (readonly [number, BenchCall])[] => [[ATTACKER, pay(RIVAL, 1n)]];
  const loans = (block: number): readonly (readonly [number, BenchCall])[] => (block % 2 === 0 ? [[ATTACKER, lease(accountOf(RIVAL), 1n)]] : [[ATTACKER, cancelLease((block - 1) / 2)]]);

  test('takes the seat under both rules when nobody interferes', () => {
    for (const profile of ['spos', 'v1-faithful'] as const) expect(contestUnder(profile, () => [])).toMatchObject({ outcome: 'won' });
  });

  test.each([['one unit in every block', dust], ['a lease of one unit that comes and goes', loans]] as const)('%s keeps it from the seat under the deployed rule, and not under ours', (_what, attack) => {
    expect(contestUnder('v1-faithful', attack)).toMatchObject({ outcome: 'weak' });
    const { outcome, own } = contestUnder('spos', attack);
    expect([outcome, own >= 999_990n]).toEqual(['won', true]);
  });

  test('coins borrowed for a tenth of a window make its own ones count in full under the deployed rule, and not under ours', () => {
    const mintingAfterLoan = (profile: StakeParams['profile']): bigint => {
      const bench = createStakeBench({ profile, window }, balances);
      bench.block([[RIVAL, enroll()]]);
      bench.block([[ATTACKER, lease(accountOf(RIVAL), 9_000_000n)]]);
      bench.blocks(window / 10);
      bench.block([[ATTACKER, cancelLease(0)]]);
      return bench.minting(RIVAL);
    };
    expect(mintingAfterLoan('v1-faithful')).toBe(1_000_000n);
    // 18 blocks, less the 9 tenths of a block that the lot of both does not tell apart.
    expect(mintingAfterLoan('spos')).toBe((1_000_000n * 171n) / 1_600n);
  });
});

describe('the owner of a slot', () => {
  test('may chain any number of blocks in its second under the deployed rule', () => {
    const holderOf = (slot: number): Uint8Array | undefined => (slot % 4 === 0 ? accountOf(slot / 4 + 1) : undefined);
    const second = 1_700_000_040n;
    let parent: V1Block = { mintTimeNs: (second - 4n) * 1_000_000_000n, generator: accountOf(5) };
    let taken = 0;
    for (let n = 0n; n < 100n; n++) {
      const child = { mintTimeNs: second * 1_000_000_000n + n, generator: holderOf(Number(second % 60n)) as Uint8Array };
      if (isTimeOfV1(parent, child, holderOf)) taken++;
      parent = child;
    }
    expect(taken).toBe(100);
    // Of the rest it is as strict as ours: the order of times, and whose second it is.
    expect(isTimeOfV1(parent, { ...parent }, holderOf)).toBe(false);
    expect(isTimeOfV1(parent, { mintTimeNs: parent.mintTimeNs + 1n, generator: accountOf(2) }, holderOf)).toBe(false);
    expect(isTimeOfV1(parent, { mintTimeNs: (second + 1n) * 1_000_000_000n, generator: parent.generator }, holderOf)).toBe(false);
  });

  test('makes one block in it here: a second one is invalid wherever it stands, and is evidence', async () => {
    const params = paramsOf(4);
    const branch = createBranch(params);
    await branch.mintAll(3, params.seats);
    const parent = branch.tip;
    await branch.mintAll(1, params.seats);
    const { header, context } = branch.tip;
    const rules = createSposRules(params, verifySignature);
    const seat = params.seats.findIndex(({ index }) => index === context.slot % params.slots);
    const sign = signerOf(4);
    for (const timeMs of [header.timeMs, header.timeMs + 1, header.timeMs + 999]) {
      const second = { ...header, height: header.height + 1, parent: branch.tip.id, timeMs, ext: sposExtToBytes({ slot: context.slot, seat: context.slot % params.slots }) };
      const id = blockId(second);
      const verdict = rules.step(context, { id, header: second, seal: sign(publicKeyOf(seat), sealMessage(id)) });
      expect(verdict.ok ? 'ok' : verdict.code).toBe(timeMs === header.timeMs ? 'SPOS_SLOT' : 'SPOS_TIME');
    }
    // Beside it, on the parent, headers alone cannot tell: that is what evidence is for (evidence.test.ts).
    expect(parent.context.slot).toBeLessThan(context.slot);
  });
});
