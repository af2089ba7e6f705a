import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestFolder, type Outcome, type RunningDev, startDev, type TestFolder, vsys } from './support.ts';

const TIME_MS = 240_000;
let folder: TestFolder;
let dev: RunningDev;
let bob: { readonly account: string; readonly publicKey: string };
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, ['stake', ...args]);
const ok = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
};
const shown = async (address: string): Promise<{ balance: string; leasedIn: string; mintingBalance: string; seat?: number; leases: { number: number; amount: string; to: string }[] }> => JSON.parse(await ok('show', address, '--json'));

beforeAll(async () => {
  folder = await createTestFolder();
  dev = await startDev(folder.path);
  bob = JSON.parse((await vsys(folder.path, ['key', 'new', 'bob.key', '--json'])).stdout) as typeof bob;
  // More than half, so that bob will have the greater minting balance in time; and enough for the fee, and for the minimum after it.
  const paid = await vsys(folder.path, ['tx', 'transfer', '--to', bob.account, '--amount', '990000000000000']);
  if (paid.code !== 0) throw new Error(paid.stderr);
}, TIME_MS);
afterAll(async () => {
  await dev.stop();
  await folder.remove();
}, TIME_MS);

test('leases, shows what is leased with its proof, and takes it back', async () => {
  expect(await run('show', bob.account)).toMatchObject({ code: 5, stderr: expect.stringMatching(/^error NOT_FOUND: .*is not enrolled: proven at block/) });
  expect(await ok('lease', '--key', 'bob.key', '--to', dev.account, '--amount', '5000')).toMatch(/state +proven at block .*: the last lease of the account has number 0; 5000 are leased to /);
  expect(await shown(dev.account)).toMatchObject({ leasedIn: '5000', seat: 0, leases: [] });
  expect((await shown(bob.account)).leases).toMatchObject([{ number: 0, amount: '5000', to: dev.account }]);
  expect(await ok('claim', '0', '--key', 'bob.key')).toContain('claimed the interest of lease 0');
  expect(await ok('cancel', '0', '--key', 'bob.key')).toContain('there is no lease 0 any more');
  expect(await run('cancel', '0', '--key', 'bob.key')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error SPOS_NO_LEASE: /) });
}, TIME_MS);

test('contends for a seat, which goes to who counts more, and says in its exit code when it was lost', async () => {
  const all = await run('show');
  expect(all.stderr).toMatch(/^seats are the multiples of 1 below 1; a contest costs 5000000000000, .*\nproven at block \d+ /);
  const [seats] = all.stdout.split('\n').slice(1);
  expect(seats).toMatch(new RegExp(`^0 +${dev.account} +\\d+ +[0-9a-f]{64}$`));
  expect(await run('contend', '0', '--key', 'bob.key', '--mint-key', 'nothing')).toMatchObject({ code: 2, stderr: expect.stringContaining('neither a public key') });
  // The seat's own account may not, and is told before anything is sent.
  expect(await run('contend', '0', '--mint-key', bob.publicKey)).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error (?:SPOS_INSUFFICIENT|REFUSED|SPOS_HOLDS_SEAT): /) });
  const contest = await run('contend', '0', '--key', 'bob.key', '--mint-key', 'bob.key');
  expect(contest).toMatchObject({ code: 0, stdout: expect.stringContaining('seat 0 is held by this account') });
  expect(await shown(bob.account)).toMatchObject({ seat: 0 });
  expect((await shown(dev.account)).seat).toBeUndefined();
  expect((await run('show', dev.account)).stdout).toMatch(/barred +from contending until block \d+\n/);
  // Whose coins came just now has less: the fee is burned, and a script hears of it.
  const cara = JSON.parse((await vsys(folder.path, ['key', 'new', 'cara.key', '--json'])).stdout) as typeof bob;
  await vsys(folder.path, ['tx', 'transfer', '--key', 'bob.key', '--to', cara.account, '--amount', '120000000000000']);
  await ok('enroll', '--key', 'cara.key');
  const lost = await run('contend', '0', '--key', 'cara.key', '--mint-key', 'cara.key');
  expect(lost).toMatchObject({ code: 4, stdout: expect.stringContaining('seat 0 is not held by this account: the contest was lost') });
  expect(BigInt((await shown(cara.account)).balance)).toBeLessThan(115_000_000_000_000n);
  expect(await run('release', '0', '--key', 'bob.key')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error SPOS_FLOOR: /) });
}, TIME_MS);

test('sets share and keys of the seat that the account holds', async () => {
  expect(await ok('share', '250', '--key', 'bob.key')).toContain('the share is 250 thousandths');
  const other = JSON.parse((await vsys(folder.path, ['key', 'new', 'mint.key', '--json'])).stdout) as typeof bob;
  expect(await ok('keys', '--key', 'bob.key', '--mint-key', 'mint.key')).toContain(`seat 0 has the mint key ${other.publicKey}`);
  expect(await run('claim', '--key', 'bob.key')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error USAGE: name a lease by its number, or give --bond/) });
  expect(await run('claim', '--bond', '--key', 'bob.key')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error SPOS_NO_BOND: /) });
  const { transaction } = JSON.parse(await ok('share', '300', '--key', 'bob.key', '--json')) as { transaction: string };
  expect((await vsys(folder.path, ['tx', 'show', transaction])).stdout).toContain('passes 300 thousandths of the rewards on to lessors');
}, TIME_MS);
