import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { createSigner } from '@vsys/crypto';
import { chainId } from '@vsys/data-format';
import { toHex } from '@vsys/primitives';
import { readEraRecords } from '../src/era-file.ts';
import { consensusModule } from '../src/modules.ts';
import { createSpec } from '../src/spec-file.ts';
import { trustOf } from '../src/trust.ts';
import { createTestFolder, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeAll(async () => { folder = await createTestFolder(); });
afterAll(() => folder.remove());

const ada = createSigner('ed25519', new Uint8Array(32).fill(1));
const params = { periodMs: 1_000, validators: [{ account: toHex(ada.account), key: toHex(ada.publicKey.bytes) }] };
const specOf = (consensus: string) => createSpec({ name: 'orchid', consensus, slotMs: 1_000, genesisTimeMs: 1_800_000_000_000, seats: [ada], balances: [{ account: ada.account, amount: 1n }] });
const written = async (name: string, json: unknown): Promise<string> => {
  await writeFile(folder.file(name), typeof json === 'string' ? json : JSON.stringify(json));
  return folder.file(name);
};

describe('era records in files', () => {
  const record = { chainId: toHex(chainId(specOf('eras'))), lastHeight: 1_000, module: 'bft@1', params };

  test('are read, and open the chain that they are for, with the rules of its clients', async () => {
    const spec = specOf('eras');
    const records = await readEraRecords([await written('era.json', record)]);
    const opened = consensusModule(spec.consensus.module, records).open(spec.consensus.params, chainId(spec));
    expect(opened.ok && opened.value.describe()).toMatchObject({ eras: 4, 'era2.lastHeight': 1_000 });
    const [plain, changed] = [await trustOf(spec), await trustOf(spec, records)];
    expect(changed.genesis).toEqual(plain.genesis);
  });

  test('are refused for a chain that is under another module for good', async () => {
    const records = await readEraRecords([await written('era.json', record)]);
    expect(() => consensusModule('poa@1', records)).toThrow(expect.objectContaining({ code: 'ERA_FILE' }));
  });

  test.each<readonly [string, unknown]>([
    ['no JSON', '{'], ['a list', []], ['another field', { ...record, height: 1 }], ['no chain', { ...record, chainId: 'ab' }], ['a height of 0', { ...record, lastHeight: 0 }],
    ['no module', { ...record, module: 1 }], ['parameters that the module refuses', { ...record, params: {} }],
  ])('are refused: %s', async (_what, json) => {
    await expect(readEraRecords([await written('wrong.json', json)])).rejects.toMatchObject({ code: 'ERA_FILE' });
  });

  test('are refused when there is no such file, or no such module', async () => {
    await expect(readEraRecords([folder.file('missing.json')])).rejects.toMatchObject({ code: 'ERA_FILE' });
    await expect(readEraRecords([await written('other.json', { ...record, module: 'pow@1' })])).rejects.toMatchObject({ code: 'MODULE_UNKNOWN' });
  });
});
