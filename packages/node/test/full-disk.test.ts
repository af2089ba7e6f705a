import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, truncate, writeFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Child, inspect, Ledger, startChild } from './kill-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'vsys-full-'));

/** Tried before the tests are named, as a test that is skipped says why. */
const canMount = ((): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    rmSync(folder, { recursive: true });
    return false;
  }
})();

/** Fills the disk, however fast the node writes meanwhile, and gives some bytes back. */
async function fill(ballast: string, left: number): Promise<void> {
  await writeFile(ballast, new Uint8Array(24 << 20)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOSPC') throw error;
  });
  await truncate(ballast, Math.max(0, (await stat(ballast)).size - left));
}

describe('a node on a real file system of 24 MiB', () => {
  if (!canMount) {
    test.skip('that fills up (skipped: this machine does not let us mount a tmpfs)', () => {});
    return;
  }
  const children: Child[] = [];
  const start = (data: string): Child => {
    const child = startChild(data);
    children.push(child);
    return child;
  };
  afterAll(async () => {
    for (const child of children) child.kill();
    await Promise.allSettled(children.map(({ told }) => told));
    execFileSync('umount', [folder], { stdio: 'ignore' });
    rmSync(folder, { recursive: true });
  });

  test('that fills up stops with the way out, does not start before there is room, and then has lost nothing', async () => {
    const [data, ballast] = [join(folder, 'data'), join(folder, 'ballast')];
    const ledger = new Ledger();
    for (const left of [60_000, 2_000]) {
      const child = start(data);
      await child.saw('final', 5);
      await fill(ballast, left);
      const told = await child.told;
      ledger.add(told);
      expect([told.exitCode, told.lines.at(-1)?.slice(0, 2)]).toEqual([3, ['failed', 'STORE_FULL']]);
      expect(told.lines.at(-1)?.join(' ')).toMatch(/free space/);

      const early = await start(data).told;
      ledger.add(early);
      expect([2, 3]).toContain(early.exitCode);
      expect(early.lines.at(-1)?.join(' ')).toMatch(/STORE_FULL .*free space/);
      await rm(ballast);
    }
    const child = start(data);
    await child.saw('final', 5);
    child.kill();
    ledger.add(await child.told);
    for (const from of ['store', 'log'] as const) await inspect(data, from, (chain) => ledger.check(chain));
  }, 120_000);
});
