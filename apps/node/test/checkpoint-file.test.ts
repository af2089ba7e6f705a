import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sealedHeaderFromBytes } from '@vsys/data-format';
import { createSeededRandom } from '@vsys/primitives';
import { cacheFolder } from '../src/cache-folder.ts';
import { checkpointFile } from '../src/checkpoint-file.ts';
import { createTestFolder, type Outcome, type RunningDev, startDev, type TestFolder, vsys } from './support.ts';

const TIME_MS = 240_000;
const random = createSeededRandom(3);

describe('the file of a checkpoint', () => {
  let folder: TestFolder;
  beforeAll(async () => { folder = await createTestFolder(); });
  afterAll(() => folder.remove());

  test('lies in the cache of the user', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/somewhere' })).toBe(join('/somewhere', 'vsys'));
    for (const environment of [{}, { XDG_CACHE_HOME: '' }, { XDG_CACHE_HOME: 'here' }]) expect(cacheFolder(environment)).toBe(join(homedir(), '.cache', 'vsys'));
  });

  test('is written aside, is its owner\'s alone, and is read as it was written', async () => {
    const at = folder.file('new/vsys');
    const file = checkpointFile(random.bytes(32), at);
    expect(file.read()).toBeUndefined();
    for (const bytes of [random.bytes(300), random.bytes(200)]) {
      file.write(bytes);
      expect(file.read()).toEqual(bytes);
    }
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(at)).mode & 0o777).toBe(0o700);
    expect(await readdir(at)).toHaveLength(1);
  });

  test('is not believed when others may write it, or when it is far too long', async () => {
    const file = checkpointFile(random.bytes(32), folder.file('open'));
    file.write(random.bytes(300));
    for (const mode of [0o620, 0o602]) {
      await chmod(file.path, mode);
      expect(() => file.read()).toThrow('others may write it');
    }
    await chmod(file.path, 0o644);
    expect(file.read()).toHaveLength(300);
    await writeFile(file.path, new Uint8Array(131_073));
    expect(() => file.read()).toThrow('131073 bytes');
  });

  test('does not become one of very many', async () => {
    const at = folder.file('many');
    for (let i = 0; i < 70; i++) checkpointFile(random.bytes(32), at).write(random.bytes(10));
    expect(await readdir(at)).toHaveLength(64);
  });

  test('what cannot be written leaves nothing behind', async () => {
    const at = folder.file('blocked');
    await writeFile(at, '');
    expect(() => { checkpointFile(random.bytes(32), at).write(random.bytes(10)); }).toThrow(/EEXIST|ENOTDIR/);
    expect(await readFile(at, 'utf8')).toBe('');
  });
});

describe('commands', () => {
  let folder: TestFolder;
  let dev: RunningDev;
  let between: Server;
  let url: string;
  /** Heights of the headers that a command was sent. */
  let heights: number[] = [];
  /** The block and the transaction that made the collection. */
  let emptyAt = 0;
  let madeBy = '';
  const kept = (): string => folder.file(join('.cache', 'vsys', 'checkpoints', `${dev.chainId}.checkpoint`));
  const run = (...args: string[]): Promise<Outcome> => {
    heights = [];
    return vsys(folder.path, [...args, '--url', url]);
  };
  const count = (...args: string[]): Promise<Outcome> => run('db', 'count', 'shop', 'teas', ...args);

  beforeAll(async () => {
    folder = await createTestFolder();
    dev = await startDev(folder.path);
    between = createServer((request, response) => {
      void text(request).then(async (body) => {
        const answer = await (await fetch(dev.rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
        if (body.includes('"chain_headers"')) {
          for (const one of (JSON.parse(answer) as { result: { headers: string[] } }).result.headers) {
            const read = sealedHeaderFromBytes(new Uint8Array(Buffer.from(one, 'base64')));
            heights.push(read.ok ? read.value.header.height : -1);
          }
        }
        response.end(answer);
      });
    });
    await new Promise<void>((resolve) => void between.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
    for (const args of [['create', 'shop'], ['create-collection', 'shop', 'teas'], ['insert', 'shop', 'teas', '{"_id":1}']]) {
      const made = await vsys(folder.path, ['db', ...args, '--no-cache', '--json']);
      expect(made).toMatchObject({ code: 0 });
      if (args[0] === 'create-collection') ({ height: emptyAt, transaction: madeBy } = JSON.parse(made.stdout) as { height: number; transaction: string });
    }
  }, TIME_MS);
  afterAll(async () => {
    between.closeAllConnections();
    between.close();
    await dev.stop();
    await folder.remove();
  }, TIME_MS);

  test('go on where the last one came to, and with --no-cache from the spec on', async () => {
    expect(await count('--no-cache')).toMatchObject({ code: 0, stdout: '1\n' });
    expect(Math.min(...heights)).toBe(1);
    expect(await readdir(folder.path)).not.toContain('.cache');
    expect(await count()).toMatchObject({ code: 0, stdout: '1\n' });
    const reached = Math.max(...heights);
    expect(Math.min(...heights)).toBe(1);
    expect((await stat(kept())).mode & 0o777).toBe(0o600);
    expect(await vsys(folder.path, ['db', 'insert', 'shop', 'teas', '{"_id":2}'])).toMatchObject({ code: 0 });
    expect(await count()).toMatchObject({ code: 0, stdout: '2\n', stderr: expect.not.stringContaining('checkpoint') });
    // One seat makes each block final with the next at the latest.
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(reached - 1);
    const before = await readFile(kept());
    expect(await count('--no-cache')).toMatchObject({ code: 0, stdout: '2\n' });
    expect(Math.min(...heights)).toBe(1);
    expect(await readFile(kept())).toEqual(before);
  }, TIME_MS);

  test('reach back below it when an older block is asked for', async () => {
    expect(await count('--at', String(emptyAt))).toMatchObject({ code: 0, stdout: '0\n' });
    expect(Math.min(...heights)).toBe(1);
    expect(await run('tx', 'show', madeBy)).toMatchObject({ code: 0, stdout: expect.stringContaining('its place is proven') });
    expect(Math.min(...heights)).toBe(1);
  }, TIME_MS);

  test('leave a damaged one aside with one line, and write a new one', async () => {
    const good = await readFile(kept());
    for (const bytes of [good.map((byte, i) => (i === 70 ? byte ^ 1 : byte)), good.subarray(0, 50), new Uint8Array()]) {
      await writeFile(kept(), bytes);
      const { code, stdout, stderr } = await count();
      expect([code, stdout]).toEqual([0, '2\n']);
      expect(stderr.split('\n').filter((line) => line.includes('checkpoint'))).toEqual([expect.stringMatching(/^The checkpoint .* is left aside, and headers are followed from the chain spec on: /)]);
      expect((await count()).stderr).not.toContain('checkpoint');
      expect(Math.min(...heights)).toBeGreaterThan(3);
    }
  }, TIME_MS);

  test('at once do not disturb each other', async () => {
    await rm(kept());
    const all = await Promise.all(Array.from({ length: 4 }, () => count()));
    for (const one of all) expect(one).toMatchObject({ code: 0, stdout: '2\n', stderr: expect.not.stringContaining('checkpoint') });
    expect(await readdir(folder.file('.cache/vsys/checkpoints'))).toEqual([`${dev.chainId}.checkpoint`]);
    expect(await count()).toMatchObject({ code: 0, stderr: expect.not.stringContaining('checkpoint') });
    expect(Math.min(...heights)).toBeGreaterThan(3);
  }, TIME_MS);

  test('do their work where nothing can be kept', async () => {
    const { code, stdout, stderr } = await vsys(folder.path, ['db', 'count', 'shop', 'teas'], { XDG_CACHE_HOME: folder.file('.vsys/dev/chain.json') });
    expect([code, stdout]).toEqual([0, '2\n']);
    expect(stderr).toContain('cannot be written');
  }, TIME_MS);

  test('tell what to do when the chain was begun anew from the same spec', async () => {
    await dev.stop();
    await rm(folder.file('.vsys/dev/data'), { recursive: true });
    dev = await startDev(folder.path);
    // Until it has blocks of its own.
    for (let height = 0; height === 0;) ({ head: { height } } = JSON.parse((await vsys(folder.path, ['node', 'status', '--json'])).stdout) as { head: { height: number } });
    const refused = await run('tx', 'status', '00'.repeat(32));
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_BEHIND: .*remove its checkpoint from .*\.cache.vsys.checkpoints\n$/) });
    await rm(kept());
    expect(await run('tx', 'status', '00'.repeat(32))).toMatchObject({ code: 5 });
  }, TIME_MS);
});
