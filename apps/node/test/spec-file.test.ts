import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { createSigner, type Signer } from '@vsys/crypto';
import { chainId, type ChainSpec, chainSpecToJson } from '@vsys/data-format';
import { compareBytes, toHex } from '@vsys/primitives';
import { describeSpec } from '../src/describe-spec.ts';
import { createSpec, readSpecFile } from '../src/spec-file.ts';
import { createTestFolder, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeAll(async () => { folder = await createTestFolder(); });
afterAll(() => folder.remove());

const signers: readonly Signer[] = [1, 2, 3, 4].map((byte) => createSigner('ed25519', new Uint8Array(32).fill(byte)));
const specOf = (consensus: string, name = 'orchid'): ChainSpec => createSpec({
  name, consensus, slotMs: 1_000, genesisTimeMs: 1_800_000_000_000, seats: signers, balances: signers.map(({ account }, i) => ({ account, amount: BigInt(i + 1) })),
});
const written = async (text: string): Promise<string> => {
  await writeFile(folder.file('chain.json'), text);
  return folder.file('chain.json');
};

describe.each([['spos', 'seats'], ['poa', 'authorities'], ['bft', 'validators']])('a spec under %s', (consensus, list) => {
  test('is the same chain after writing and reading', async () => {
    const spec = specOf(consensus);
    expect(toHex(chainId(await readSpecFile(await written(chainSpecToJson(spec)))))).toBe(toHex(chainId(spec)));
    expect(spec.balances.map(({ account }) => account)).toEqual(spec.balances.map(({ account }) => account).toSorted(compareBytes));
  });

  test('is described with its genesis, numbers and seats, the same each time', async () => {
    const described = await describeSpec(specOf(consensus));
    expect(described).toMatchObject({ name: 'orchid', containers: ['attestation@1', 'coin@1', 'database@1', 'identity@1', 'moderation@1', 'name@1', 'token@1'], genesis: { time: '2027-01-15T08:00:00.000Z', accounts: 4, coins: 10n }, consensus: { module: `${consensus}@1` } });
    expect(described.consensus.lists[list]).toHaveLength(4);
    expect(described.consensus.numbers[list]).toBe(4);
    expect(toHex((await describeSpec(specOf(consensus))).genesis.id)).toBe(toHex(described.genesis.id));
    expect(toHex((await describeSpec(specOf(consensus, 'other'))).genesis.id)).not.toBe(toHex(described.genesis.id));
  });
});

test('what a chain asks for what is stored is in its spec, and described', async () => {
  const database = { depositPerByte: 5n, depositPerKey: 700n, windowBlocks: 10n, windowBytes: 1_000_000n };
  const make = (params: typeof database): ChainSpec => createSpec({ name: 'orchid', consensus: 'poa', slotMs: 1_000, genesisTimeMs: 1_800_000_000_000, seats: signers, database: params, balances: [] });
  expect((await describeSpec(make(database))).database).toEqual(database);
  expect((await describeSpec(specOf('poa'))).database).toEqual({ depositPerByte: 0n, depositPerKey: 0n, windowBlocks: 0n, windowBytes: 0n });
  expect(() => make({ ...database, windowBytes: 0n })).toThrow(expect.objectContaining({ code: 'SPEC_FILE', message: expect.stringContaining('windowBlocks') }));
  expect(() => make({ ...database, depositPerByte: 1_000_000_001n })).toThrow(expect.objectContaining({ code: 'SPEC_FILE' }));
});

test('the word for the consensus makes another chain', () => {
  expect(new Set(['spos', 'poa', 'bft'].map((word) => toHex(chainId(specOf(word))))).size).toBe(3);
});

test('refuses to make what could not be read again, and an unknown module', () => {
  expect(() => specOf('spos', 'a/b')).toThrow(expect.objectContaining({ code: 'SPEC_FILE', message: expect.stringContaining('name') }));
  expect(() => specOf('pow')).toThrow(expect.objectContaining({ code: 'MODULE_UNKNOWN', message: expect.stringContaining('spos@1, poa@1, bft@1') }));
  expect(() => createSpec({ name: 'x', consensus: 'spos', slotMs: 1, genesisTimeMs: 0, seats: signers, balances: [] })).toThrow(expect.objectContaining({ code: 'SPEC_FILE', message: expect.stringContaining('slotMs') }));
});

const json = (change: Record<string, unknown>): string => JSON.stringify({ ...(JSON.parse(chainSpecToJson(specOf('spos'))) as object), ...change });
test.each([
  ['what is not JSON', () => 'version = 1', 'not JSON'],
  ['an unknown field', () => json({ colour: 'red' }), 'unknown field'],
  ['another version', () => json({ version: 2 }), 'version'],
  ['a missing field', () => json({ limits: undefined }), 'limits'],
])('refuses a file with %s, naming file and place', async (_, text, found) => {
  const path = await written(text());
  await expect(readSpecFile(path)).rejects.toMatchObject({ code: 'SPEC_FILE', message: expect.stringContaining(found) });
  await expect(readSpecFile(path)).rejects.toMatchObject({ message: expect.stringContaining(path) });
});

test('says how to write a spec when there is none', async () => {
  await expect(readSpecFile(folder.file('none.json'))).rejects.toMatchObject({ code: 'SPEC_FILE', message: expect.stringContaining('vsys init') });
});

test.each([
  ['parameters that its module refuses', (spec: ChainSpec) => ({ ...spec, consensus: { ...spec.consensus, params: Uint8Array.of(9) } }), 'SPEC_FILE'],
  ['a container that is not here', (spec: ChainSpec) => ({ ...spec, containers: [...spec.containers, { name: 'evm', version: 1, params: new Uint8Array() }] }), 'CHAIN_CONTAINER'],
  ['another version of a container', (spec: ChainSpec) => ({ ...spec, containers: [{ name: 'coin', version: 2, params: new Uint8Array() }] }), 'CHAIN_CONTAINER'],
  ['a main chain, which this release does not run', (spec: ChainSpec) => ({ ...spec, mainReference: { chainId: new Uint8Array(32), height: 1, blockId: new Uint8Array(32) } }), 'CHAIN_SPEC'],
  ['a module that is not here', (spec: ChainSpec) => ({ ...spec, consensus: { ...spec.consensus, module: 'pow@1' } }), 'MODULE_UNKNOWN'],
])('does not describe a spec with %s: a node would refuse it', async (_, change, code) => {
  await expect(describeSpec(change(specOf('spos')))).rejects.toMatchObject({ code });
});
