import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { utf8ToBytes } from '@vsys/primitives';
import type { BlockLog } from '@vsys/store';
import fc from 'fast-check';

import { createNodeLogFiles, openFileBlockLog } from '../src/index.ts';
import { createFaultyFiles } from './faulty-files.ts';
import type { Fault, FaultPoint } from './faulty-files.ts';
import { inFolder } from './temporary-folder.ts';

const b = utf8ToBytes;
const code = (expected: string): { code: string } => expect.objectContaining({ code: expected }) as never;

async function list(log: BlockLog): Promise<string[]> {
  const found: string[] = [];
  for await (const { bytes } of log.records(0)) found.push(Buffer.from(bytes).toString());
  return found;
}

/** A log on real files, with the fault that is in force now. */
async function withFault(folder: string, work: (log: BlockLog, set: (fault: Fault | undefined) => void) => Promise<void>, segmentBytesMax?: number): Promise<void> {
  let fault: Fault | undefined;
  const files = createFaultyFiles(createNodeLogFiles(folder), (point, bytes) => fault?.(point, bytes));
  await using log = await openFileBlockLog(folder, { files, ...(segmentBytesMax !== undefined && { segmentBytesMax }) });
  await work(log, (now) => { fault = now; });
}

const at = (point: FaultPoint, found: ReturnType<Fault>): Fault => (now) => (now === point ? found : undefined);

describe('a full disk', () => {
  test('refuses the append with STORE_FULL wherever the write stops, keeps nothing of it, and goes on when there is room', () => inFolder((folder) =>
    withFault(folder, async (log, set) => {
      await log.append([b('one')]);
      for (const written of [0, 1, 31, 32, 34, 60]) {
        set(at('write', { code: 'ENOSPC', written }));
        await expect(log.append([b('two'), b('three')])).rejects.toEqual(code('STORE_FULL'));
        await expect(log.append([b('two')])).rejects.toThrow(/free space/);
        expect(log.next).toBe(1);
        expect(await list(log)).toEqual(['one']);
      }
      set(undefined);
      expect(await log.append([b('two')])).toBe(1);
      await log.close();
      await using again = await openFileBlockLog(folder);
      expect(again.recovered).toBeUndefined();
      expect(await list(again)).toEqual(['one', 'two']);
    })));

  test.each(['open', 'write', 'rename'] as const)('at the beginning of a segment (%s) leaves the log usable', (point) => inFolder((folder) =>
    withFault(folder, async (log, set) => {
      for (const text of ['one', 'two']) {
        set(at(point, { code: 'ENOSPC', written: 7 }));
        await expect(log.append([b(text)])).rejects.toEqual(code('STORE_FULL'));
        set(undefined);
        await log.append([b(text)]);
      }
      expect(await list(log)).toEqual(['one', 'two']);
    }, 1)));

  test('whose write cannot be taken back refuses further appends', () => inFolder(async (folder) => {
    await withFault(folder, async (log, set) => {
      await log.append([b('one')]);
      set((point) => (point === 'write' ? { code: 'ENOSPC', written: 10 } : point === 'truncate' ? { code: 'EIO' } : undefined));
      await expect(log.append([b('two')])).rejects.toEqual(code('BLOCK_LOG_FAILED'));
      set(undefined);
      await expect(log.append([b('two')])).rejects.toEqual(code('BLOCK_LOG_FAILED'));
      expect(await list(log)).toEqual(['one']);
    });
    await using again = await openFileBlockLog(folder);
    expect(again.recovered).toEqual({ droppedBytes: 10, atSequence: 1 });
  }));
});

describe('a failing disk', () => {
  test.each([['sync', 1000], ['write', 1000], ['syncFolder', 1], ['sync', 1]] as const)('refuses appends for good after a failed %s (segments of %d bytes), and still reads', (point, segmentBytesMax) => inFolder(async (folder) => {
    await withFault(folder, async (log, set) => {
      await log.append([b('one')]);
      set(at(point, { code: 'EIO' }));
      await expect(log.append([b('two')])).rejects.toEqual(code('BLOCK_LOG_FAILED'));
      set(undefined);
      await expect(log.append([b('two')])).rejects.toEqual(code('BLOCK_LOG_FAILED'));
      expect(log.next).toBe(1);
      expect(await list(log)).toEqual(['one']);
    }, segmentBytesMax);
    await using again = await openFileBlockLog(folder);
    expect((await list(again))[0]).toBe('one');
    await again.append([b('goes on')]);
  }));

  test('loses no durable append and keeps no part of another, whichever operation is the last', async () => {
    const points: FaultPoint[] = ['open', 'write', 'truncate', 'sync', 'rename', 'syncFolder'];
    const appends = fc.array(fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
    await fc.assert(fc.asyncProperty(appends, fc.nat(30), fc.nat(120), fc.constantFrom('EIO', 'ENOSPC'), fc.constantFrom(1, 120, 10_000), (batches, last, written, errno, segmentBytesMax) => inFolder(async (folder) => {
      let durable = 0;
      await withFault(folder, async (log, set) => {
        let count = 0;
        // From that operation on everything fails, as when the machine stops.
        set((point, bytes) => (points.includes(point) && count++ >= last ? { code: errno, written: Math.min(written, bytes) } : undefined));
        for (const records of batches) {
          try {
            await log.append(records.map(b));
            durable++;
          } catch {
            break;
          }
        }
      }, segmentBytesMax);
      await using again = await openFileBlockLog(folder, { segmentBytesMax });
      const found = await list(again);
      // The append that failed may have reached the disk; then all of it did.
      expect([durable, durable + 1].map((whole) => batches.slice(0, whole).flat().join('|'))).toContain(found.join('|'));
      await again.append([b('goes on')]);
      expect((await list(again)).at(-1)).toBe('goes on');
    })), { numRuns: 60 });
  });
});

/** A file system of 1 MiB. */
function mountTiny(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
}

function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'ignore' });
}

/** Tried before the tests are named, as a test that is skipped says why. */
const canMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'vsys-tiny-'));
  try {
    mountTiny(folder);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();

describe('a real file system of 1 MiB', () => {
  if (!canMount) {
    test.skip('fills up (skipped: this machine does not let us mount a tmpfs)', () => {});
    return;
  }
  test('fills up with STORE_FULL and goes on when there is room again', () => inFolder(async (folder) => {
    mountTiny(folder);
    try {
      await fillUp(folder);
    } finally {
      unmount(folder);
    }
  }));
});

async function fillUp(folder: string): Promise<void> {
  const ballast = join(folder, 'ballast');
  await writeFile(ballast, new Uint8Array(300_000));
  const block = new Uint8Array(40_000).fill(7);
  await using log = await openFileBlockLog(join(folder, 'log'), { segmentBytesMax: 200_000 });
  let appended = 0;
  await expect((async () => {
    for (; ; appended++) await log.append([block]);
  })()).rejects.toEqual(code('STORE_FULL'));
  expect(appended).toBeGreaterThan(10);
  expect(log.next).toBe(appended);
  await rm(ballast);
  expect(await log.append([block])).toBe(appended);
  await log.close();
  await using again = await openFileBlockLog(join(folder, 'log'));
  expect(again.recovered).toBeUndefined();
  for await (const { bytes } of again.records(0)) expect(bytes).toEqual(block);
  expect(again.next).toBe(appended + 1);
}
