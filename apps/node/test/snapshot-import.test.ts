import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { createSnapshotImport, createState } from '@vsys/state';
import type { StateView } from '@vsys/state';
import { openStore } from '@vsys/store-rocksdb';
import { SNAPSHOT_HEIGHT, SNAPSHOT_ROWS, snapshotSource } from './snapshot-source.ts';
import { createTestFolder } from './support.ts';

/** Lets a process import into the folder and kills it once it has reported so many chunks. */
function importUntilKilled(folder: string, chunks: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', fileURLToPath(new URL('snapshot-import-child.ts', import.meta.url)), folder], { stdio: ['pipe', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.split('\n').length > chunks) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (more: string) => void (errors += more));
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(text.split('\n').length - 1);
      else reject(new Error(`the child ended by itself: ${errors}`));
    });
  });
}

describe('a snapshot taken into RocksDB', () => {
  test('goes on at the chunk behind the last durable one after SIGKILL, and ends in the state promised', async () => {
    const folder = await createTestFolder();
    try {
      const { view, root, chunks } = await snapshotSource();
      let rows = 0;
      for (const wanted of [1, 9, 30]) {
        const reported = await importUntilKilled(folder.file('state'), wanted);
        await using store = await openStore(folder.file('state'), { create: false });
        await expect(createState({ store })).rejects.toMatchObject({ code: 'STATE_IMPORTING' });
        const importing = await createSnapshotImport({ store, root, height: SNAPSHOT_HEIGHT });
        expect(importing.rows).toBeGreaterThan(rows);
        const before = await view.range({ from: new Uint8Array(0), to: importing.next as Uint8Array, limit: SNAPSHOT_ROWS });
        expect(importing.rows).toBe(before.length);
        // What was reported is there; more may be, as the last batch may have landed unheard.
        expect(importing.rows).toBeGreaterThanOrEqual(rows + reported * 50);
        rows = importing.rows;
      }
      await using store = await openStore(folder.file('state'), { create: false });
      const importing = await createSnapshotImport({ store, root, height: SNAPSHOT_HEIGHT });
      for await (const chunk of chunks(importing.next)) expect(await importing.take(chunk)).toMatchObject({ ok: true });
      expect(importing.rows).toBe(SNAPSHOT_ROWS);
      await using state = await createState({ store });
      expect(state.base).toEqual({ height: SNAPSHOT_HEIGHT, root });
      const all = { from: new Uint8Array(0), limit: SNAPSHOT_ROWS };
      expect(await (state.view(root) as StateView).range(all)).toEqual(await view.range(all));
    } finally {
      await folder.remove();
    }
  }, 120_000);
});
