import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { mintingBalance, stakeOperationFromPayload } from '@vsys/consensus-spos/ops';
import { fromHex, toHex } from '@vsys/primitives';
import { checkVectors, type VectorFile, type VectorOutcome, type VectorValues } from '@vsys/primitives/vectors';
import { emptyWeight, weightAfter } from '../../src/stake/minting-balance.ts';
import type { StakeParams } from '../../src/stake/stake-params.ts';

const fileOf = (name: string): VectorFile => JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8')) as VectorFile;

test('agrees with every vector of minting balances', async () => {
  const file = fileOf('minting-balances');
  expect(file.valid.length).toBeGreaterThan(40);
  expect(await checkVectors(file, (input: VectorValues): VectorOutcome => {
    const { profile, window, changes, effective, at } = input as { profile: StakeParams['profile']; window: number; changes: readonly [number, string][]; effective: string; at: number };
    let weight = emptyWeight({ profile, window }, changes[0]?.[0] ?? 0);
    for (const [height, left] of changes) weight = weightAfter({ profile, window }, weight, BigInt(left), height);
    return { ok: true, output: { mintingBalance: String(mintingBalance({ profile, window }, weight, BigInt(effective), at)) } };
  })).toEqual([]);
});

test('agrees with every vector of operations', async () => {
  expect(await checkVectors(fileOf('stake-operations'), ({ payload }: VectorValues): VectorOutcome => {
    const read = stakeOperationFromPayload(fromHex(payload as string));
    if (!read.ok) return read;
    return { ok: true, output: Object.fromEntries(Object.entries(read.value).map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : String(value)])) };
  })).toEqual([]);
});
