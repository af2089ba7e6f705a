import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { createTestFolder, startDev, startVsys, type TestFolder, vsys } from './support.ts';

const TIME_MS = 180_000;
let folder: TestFolder;
beforeEach(async () => { folder = await createTestFolder(); });
afterEach(() => folder.remove());

test.each(['spos', 'poa'])('runs a chain under %s, prints what to try, keeps it, and ends on Ctrl-C', async (consensus) => {
  const first = startVsys(folder.path, ['dev', '--consensus', consensus]);
  await first.until((stdout) => (stdout.includes('Ctrl-C ends it') ? true : undefined));
  expect(first.stdout).toMatch(new RegExp(`chain +"dev" under ${consensus}@1, new in \\.vsys/dev`));
  expect(first.stdout).toMatch(/rpc +http:\/\/127\.0\.0\.1:\d+\n/);
  expect(first.stdout.match(/^ {2}vsys db .*$/gm)).toHaveLength(4);
  expect((await vsys(folder.path, ['db', 'create', 'kept'])).code).toBe(0);
  await first.until((_, stderr) => (/block \d+: 1 transaction\n/.test(stderr) ? true : undefined));
  // Twice in one folder: the second says so, and the first goes on.
  expect(await vsys(folder.path, ['dev', '--consensus', consensus])).toMatchObject({ code: 1, stderr: expect.stringContaining('error STORE_LOCKED') });
  expect(await vsys(folder.path, ['dev', '--consensus', consensus, '--fresh'])).toMatchObject({ code: 2, stderr: expect.stringContaining('is in use by the node at http://127.0.0.1:') });
  expect((await vsys(folder.path, ['db', 'create-collection', 'kept', 'things'])).code).toBe(0);
  expect(await first.stop('SIGINT')).toBe(0);
  const second = await startDev(folder.path, ['--consensus', consensus]);
  expect((await vsys(folder.path, ['db', 'count', 'kept', 'things'])).stdout).toBe('0\n');
  expect(await second.stop('SIGKILL')).toBe('SIGKILL');
  const third = await startDev(folder.path, ['--consensus', consensus]);
  expect(third.chainId).toBe(second.chainId);
  expect((await vsys(folder.path, ['db', 'count', 'kept', 'things'])).stdout).toBe('0\n');
  await third.stop();
  const fresh = await startDev(folder.path, ['--consensus', consensus, '--fresh']);
  expect(fresh.chainId).not.toBe(third.chainId);
  expect(await vsys(folder.path, ['db', 'count', 'kept', 'things'])).toMatchObject({ code: 4, stderr: expect.stringContaining('error QUERY_NO_COLLECTION') });
  await fresh.stop();
}, TIME_MS);

test('steps over a port that is taken, and the commands of the folder find it', async () => {
  const first = await startDev(folder.path);
  await first.stop();
  const { port } = new URL(first.rpc);
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(Number(port), '127.0.0.1', resolve));
  expect((server.address() as AddressInfo).port).toBe(Number(port));
  const second = await startDev(folder.path);
  expect(second.rpc).not.toBe(first.rpc);
  expect(second.stderr).toContain(`Port ${port} is busy: stepped over.`);
  expect(JSON.parse((await vsys(folder.path, ['node', 'status', '--json'])).stdout)).toMatchObject({ chainId: second.chainId });
  await second.stop();
  await new Promise((resolve) => server.close(resolve));
}, TIME_MS);

test('does not touch what is not its own', async () => {
  await writeFile(folder.file('ada.key'), 'mine');
  const refused = await vsys(folder.path, ['dev', '--folder', '.']);
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^error FILE_EXISTS: \. has ada\.key and no chain\.json/) });
  expect((await vsys(folder.path, ['dev', '--folder', '.', '--fresh'])).code).toBe(2);
  expect(await readFile(folder.file('ada.key'), 'utf8')).toBe('mine');
  expect((await vsys(folder.path, ['init', 'real'])).code).toBe(0);
  expect(await vsys(folder.path, ['dev', '--folder', 'real', '--fresh'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error FILE_EXISTS: real has files of another kind/) });
  expect(await readdir(folder.file('real'))).toEqual(['chain.json', 'node.toml', 'p2p.key', 'seal.key']);
  const spos = await startDev(folder.path);
  await spos.stop();
  expect(await vsys(folder.path, ['dev', '--consensus', 'poa'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/--consensus spos.*--fresh/) });
}, TIME_MS);
