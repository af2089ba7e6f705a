import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createTestFolder, type Outcome, type RunningDev, startDev, type TestFolder, vsys } from './support.ts';

const TIME_MS = 240_000;
let folder: TestFolder;
let dev: RunningDev;
let bob: { readonly account: string; readonly address: string };
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, ['tx', ...args]);
const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
};
interface Sent { readonly transaction: string; readonly status: string; readonly height: number; readonly receipt: { readonly status: string; readonly feePaid: string } }

beforeAll(async () => {
  folder = await createTestFolder();
  dev = await startDev(folder.path);
  bob = JSON.parse((await vsys(folder.path, ['key', 'new', 'bob.key', '--json'])).stdout) as typeof bob;
}, TIME_MS);
afterAll(async () => {
  await dev.stop();
  await folder.remove();
}, TIME_MS);

test('pays exactly, to either spelling of an address, and proves what the receiver holds', async () => {
  const first = await run('transfer', '--to', bob.address, '--amount', '123456789012345');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/done +paid 123456789012345 to 0x[0-9a-fA-F]{40}\n(?:.*\n)*state +proven at block \d+ .*: the receiver holds 123456789012345\n/);
  expect((await run('transfer', '--to', bob.account, '--amount', '1', '--wait', 'final')).stdout).toContain('the receiver holds 123456789012346');
  const back = await run('transfer', '--key', 'bob.key', '--to', dev.account, '--amount', '5');
  expect(back.code).toBe(0);
}, TIME_MS);

test('signs without a node, shows what was signed, sends it once however often, and tells where it stands', async () => {
  const { sequence } = await accountOf(dev.account);
  const args = ['pay.tx', '--to', bob.address, '--amount', '7', '--sequence', sequence, '--valid-until', '100000', '--spec', '.vsys/dev/chain.json', '--key', '.vsys/dev/ada.key'];
  const { transaction } = await json<Sent>('sign', ...args);
  expect(await run('sign', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining('error FILE_EXISTS') });
  expect(await run('status', transaction)).toMatchObject({ code: 5, stderr: expect.stringContaining('error NOT_FOUND') });
  expect(await json('show', 'pay.tx')).toMatchObject({ id: transaction, chainId: dev.chainId, sequence, payer: dev.account, operations: [`pays 7 to ${bob.account}`], signed: true });
  const before = BigInt((await accountOf(bob.account)).balance);
  expect(await json<Sent>('send', 'pay.tx')).toMatchObject({ transaction, status: expect.stringMatching(/^(included|safe|final)$/), receipt: { status: 'ok' } });
  const again = await json<Sent>('send', 'pay.tx', '--wait', 'final');
  expect(again).toMatchObject({ transaction, status: 'final' });
  expect(BigInt((await accountOf(bob.account)).balance)).toBe(before + 7n);
  expect(await json<Sent>('status', transaction, '--wait', 'final')).toMatchObject({ kind: 'final', height: again.height });
  expect((await run('show', transaction)).stdout).toMatch(/does +pays 7 to (?:.*\n)*shown +its place is proven under the verified header/);
}, TIME_MS);

test('a transaction that failed is no success for a script', async () => {
  const shop = await vsys(folder.path, ['db', 'create', 'shop', '--json']);
  const { transaction: made } = JSON.parse(shop.stdout) as Sent;
  expect((await run('show', made)).stdout).toContain('does         creates the database "shop"');
  const failed = await vsys(folder.path, ['db', 'create', 'shop']);
  expect(failed).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_EXISTS: .*receipt of transaction [0-9a-f]{64}/) });
  const id = /transaction ([0-9a-f]{64})/.exec(failed.stderr)?.[1] as string;
  expect(await run('status', id)).toMatchObject({ code: 4, stdout: expect.stringMatching(/outcome +failed: DB_EXISTS, /) });
}, TIME_MS);

test('bytes that are changed, cut, or of another chain are refused', async () => {
  const { sequence } = await accountOf(dev.account);
  await vsys(folder.path, ['init', 'other']);
  const args = ['--to', bob.address, '--amount', '7', '--sequence', sequence, '--valid-until', '100000', '--key', '.vsys/dev/ada.key'];
  await json('sign', 'changed.tx', ...args, '--spec', '.vsys/dev/chain.json');
  await json('sign', 'other.tx', ...args, '--spec', 'other/chain.json');
  const bytes = await readFile(folder.file('changed.tx'));
  await writeFile(folder.file('cut.tx'), bytes.subarray(0, -1));
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
  await writeFile(folder.file('changed.tx'), bytes);
  expect((await json<{ signed: boolean }>('show', 'changed.tx')).signed).toBe(false);
  for (const [file, code] of [['changed.tx', 'TX_SIGNATURE'], ['cut.tx', 'TX_MALFORMED'], ['other.tx', 'TX_WRONG_CHAIN']] as const) {
    expect(await run('send', file)).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(new RegExp(`^error ${code}: `)) });
  }
  expect(await run('send', 'none.tx')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error DATA_FILE: /) });
}, TIME_MS);

test('what was mistyped costs nothing', async () => {
  const wrong = `${bob.address.slice(0, -1)}${bob.address.endsWith('x') ? 'y' : 'x'}`;
  const main = (JSON.parse((await vsys(folder.path, ['key', 'show', 'bob.key', '--network', 'M', '--json'])).stdout) as typeof bob).address;
  const digit = '0x9434332CBdE2E5A6DC2a18A8938732169fD98925';
  for (const [args, exit, code] of [
    [['--to', wrong, '--amount', '1'], 2, 'ADDRESS_CHECKSUM'], [['--to', digit, '--amount', '1'], 2, 'ADDRESS_CHECKSUM'], [['--to', main, '--amount', '1'], 2, 'ADDRESS_NETWORK'], [['--to', 'bob', '--amount', '1'], 2, 'ADDRESS_FORM'],
    [['--to', bob.address, '--amount', '1.5'], 2, 'USAGE'], [['--to', bob.address, '--amount', '0'], 2, 'USAGE'], [['--to', bob.address, '--amount', '18446744073709551616'], 2, 'USAGE'], [['--to', bob.address, '--amount', '-1'], 2, 'USAGE'],
    [['--to', bob.address, '--amount', '18446744073709551615'], 4, 'COIN_INSUFFICIENT'], [['--to', bob.address, '--amount', '1', '--key', 'none.key'], 2, 'KEY_FILE'], [['--amount', '1'], 2, 'USAGE'],
  ] as const) {
    const refused = await run('transfer', ...args);
    expect([args, refused.code, refused.stdout]).toEqual([args, exit, '']);
    expect(refused.stderr).toMatch(new RegExp(`^error ${code}: .*\n$`));
  }
  expect(await run('status', 'abc')).toMatchObject({ code: 2, stderr: expect.stringContaining('64 hexadecimal digits') });
  expect(await run('show', 'abc')).toMatchObject({ code: 2, stderr: expect.stringContaining('error DATA_FILE') });
}, TIME_MS);

async function accountOf(account: string): Promise<{ balance: string; sequence: string }> {
  const response = await fetch(dev.rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'account_get', params: { account: account.slice(2).toLowerCase() } }) });
  return ((await response.json()) as { result: { balance: string; sequence: string } }).result;
}
