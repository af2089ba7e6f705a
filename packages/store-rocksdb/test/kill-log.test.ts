import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { uint32FromBytes } from '@vsys/primitives';

import { openFileBlockLog } from '../src/index.ts';
import { killAfterLines } from './kill-child.ts';
import { inFolder } from './temporary-folder.ts';

const code = (expected: string): { code: string } => expect.objectContaining({ code: expected }) as never;

describe('a block log whose process is killed', () => {
  test('keeps every record reported, in order, and its dead lock is taken over', () => inFolder(async (folder) => {
    for (const lines of [1, 20, 90]) {
      const reported = await killAfterLines('./kill-log-child.ts', [folder], lines);
      expect(await readFile(join(folder, 'LOCK'), 'utf8')).toMatch(/^\d+ /);
      await using log = await openFileBlockLog(folder);
      expect(log.next).toBeGreaterThanOrEqual(reported);
      for await (const { sequence, bytes } of log.records(0)) expect(uint32FromBytes(bytes)).toBe(sequence);
    }
  }), 60_000);
});

describe('the lock of a folder', () => {
  test('refuses a second opening and names the process; closing lets go', () => inFolder(async (folder) => {
    const log = await openFileBlockLog(folder);
    await expect(openFileBlockLog(folder)).rejects.toEqual(code('STORE_LOCKED'));
    await expect(openFileBlockLog(folder)).rejects.toThrow(`process ${process.pid} `);
    await log.close();
    await (await openFileBlockLog(folder)).close();
  }));

  test('goes to one of several that open at once, also over a dead lock', () => inFolder(async (folder) => {
    for (const dead of [undefined, '999999999 gone\n']) {
      if (dead !== undefined) await writeFile(join(folder, 'LOCK'), dead);
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => openFileBlockLog(folder)));
      const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(opened).toHaveLength(1);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toEqual(code('STORE_LOCKED'));
      await opened[0]?.close();
    }
  }));

  const linux = process.platform === 'linux';
  (linux ? test : test.skip)(`is taken over when its number lives on as another process${linux ? '' : ' (skipped: only Linux tells the start of a process)'}`, () => inFolder(async (folder) => {
    for (const pid of [process.pid, 1]) {
      await writeFile(join(folder, 'LOCK'), `${pid} another-boot:123\n`);
      await (await openFileBlockLog(folder)).close();
    }
  }));
});
