import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createSigner } from '@vsys/crypto';
import { chainSpecToJson } from '@vsys/data-format';
import { createSeededRandom } from '@vsys/primitives';
import { explainCode } from '@vsys/rpc';
import { readConfig, writeConfigText } from '../src/config.ts';
import { describeSpec } from '../src/describe-spec.ts';
import { createKeyFile, readKeyFile } from '../src/key-file.ts';
import { createSpec, readSpecFile } from '../src/spec-file.ts';
import { createTestFolder, type TestFolder } from './support.ts';

type Seeded = ReturnType<typeof createSeededRandom>;
const pick = <T>(random: Seeded, list: readonly T[]): T => list[random.below(list.length)] as T;

const STRANGE: readonly unknown[] = [null, true, 0, -1, 1, 0.5, 2 ** 53 - 1, 2 ** 53, 1e300, '', ' ', '0', '-1', '99999999999999999999', '18446744073709551615', '9223372036854775807', 'zz', 'ab'.repeat(10), 'ab'.repeat(32), 'poa@1', 'spos@1', 'poa@2', 'author', 'main', '\u0000', '😀', [], {}, [[]], [null], 'x'.repeat(5_000)];

/** The same JSON with one of its parts replaced, dropped, doubled, moved or renamed. */
function twist(random: Seeded, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && random.below(4) > 0) {
    const at = random.below(value.length);
    if (random.below(4) === 0) return [...(value as unknown[]), value[at]];
    if (random.below(4) === 0) return (value as unknown[]).toReversed();
    return (value as unknown[]).map((one, i) => (i === at ? twist(random, one) : one));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && random.below(10) > 0) {
    const entries = Object.entries(value);
    const at = random.below(entries.length);
    if (random.below(8) === 0) return Object.fromEntries(entries.filter((_, i) => i !== at));
    if (random.below(12) === 0) return Object.fromEntries([...entries, [pick(random, ['x', '__proto__', 'mainReference', '']), pick(random, STRANGE)]]);
    return Object.fromEntries(entries.map(([name, one], i) => [name, i === at ? twist(random, one) : one]));
  }
  if (typeof value === 'string' && value.length > 0 && random.below(2) === 0) return garble(random, value);
  return pick(random, STRANGE);
}

function garble(random: Seeded, text: string): string {
  const at = random.below(text.length + 1);
  const more = pick(random, ['', '0', 'f', '"', '\n', '[', ']', '=', '{', '\\', 'é', '\u0000', '[a.b]\n', 'x = 1\n', '= 9e9', '= -1', '= inf', '= 1979-05-27', '= [1, "a"]', '"""']);
  return text.slice(0, at) + more + text.slice(random.below(3) === 0 ? at : at + random.below(12));
}

let folder: TestFolder;
beforeAll(async () => { folder = await createTestFolder(); });
afterAll(() => folder.remove());

/** Opened, or refused with a code that is explained and words that are no stack. */
async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'opened';
  } catch (error) {
    const { code, message, stack } = error as { code?: string; message: string; stack: string };
    if (code === undefined || explainCode(code) === undefined || message.length < 10) throw new Error(`not refused with a code: ${stack}`, { cause: error });
    return code;
  }
}

describe.each(['poa', 'spos', 'bft'])('a chain spec of %s made wrong', (consensus) => {
  test('opens as another chain, or is refused with a code', async () => {
    const random = createSeededRandom(consensus.length);
    const seats = Array.from({ length: 3 }, () => createSigner('ed25519', random.bytes(32)));
    const spec = createSpec({ name: 'fuzz', consensus, slotMs: 1_000, genesisTimeMs: 1_700_000_000_000, seats, balances: seats.map(({ account }, i) => ({ account, amount: BigInt(1 + i) })) });
    const good = chainSpecToJson(spec);
    const path = folder.file('chain.json');
    const outcomes = new Set<string>();
    for (let i = 0; i < 1_500; i++) {
      const json = JSON.stringify(twist(random, JSON.parse(good)), null, 2) ?? '';
      await writeFile(path, random.below(5) === 0 ? garble(random, good) : json);
      outcomes.add(await outcomeOf(async () => describeSpec(await readSpecFile(path))));
    }
    expect([...outcomes].toSorted()).toEqual(expect.arrayContaining(['CHAIN_CONTAINER', 'SPEC_FILE', 'opened']));
  }, 120_000);
});

test('a config made wrong reads as other settings, or is refused with a code', async () => {
  const random = createSeededRandom(7);
  const good = writeConfigText({ 'seal.keys': ['a.key', 'b.key'], 'p2p.peers': ['/ip4/127.0.0.1/tcp/1'] });
  const path = folder.file('vsys.toml');
  const outcomes = new Set<string>();
  for (let i = 0; i < 3_000; i++) {
    let text = garble(random, good);
    if (random.below(3) === 0) text = garble(random, text);
    await writeFile(path, random.below(20) === 0 ? random.bytes(random.below(300)) : text);
    const environment = random.below(4) === 0 ? { [pick(random, ['V_RPC__PORT', 'V_LOG__LEVEL', 'V_NOT__THERE', 'V_DATA__RETENTION_BLOCKS'])]: String(pick(random, STRANGE)) } : {};
    outcomes.add(await outcomeOf(() => {
      const config = readConfig(path, random.below(4) === 0 ? { 'rpc.port': String(pick(random, STRANGE)) } : {}, environment, { required: true });
      for (const { setting, value } of config.entries.values()) if (setting.kind === 'number' ? typeof value !== 'number' : setting.kind === 'list' ? !Array.isArray(value) : typeof value !== 'string') throw new TypeError(`${setting.path} is ${String(value)}`);
    }));
  }
  expect([...outcomes].toSorted()).toEqual(['CONFIG_SYNTAX', 'CONFIG_UNKNOWN', 'CONFIG_VALUE', 'opened']);
}, 60_000);

test('a key file made wrong is refused with a code, and no refusal shows the secret', async () => {
  const random = createSeededRandom(9);
  const path = folder.file('seal.key');
  const secret = random.bytes(32);
  await createKeyFile(path, 'ed25519', secret);
  const good = await readFile(path, 'utf8');
  const hex = Buffer.from(secret).toString('hex');
  const outcomes = new Set<string>();
  for (let i = 0; i < 1_000; i++) {
    await writeFile(path, random.below(2) === 0 ? garble(random, good) : (JSON.stringify(twist(random, JSON.parse(good))) ?? ''));
    outcomes.add(await outcomeOf(() => readKeyFile(path).catch((error: Error) => {
      if (`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`.includes(hex.slice(0, 12))) throw new Error('the secret is in the refusal');
      throw error;
    })));
  }
  expect([...outcomes].toSorted()).toEqual(['KEY_FILE', 'opened']);
}, 60_000);
