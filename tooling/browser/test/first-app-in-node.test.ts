import { expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guideApp, runInNode, startDev } from './first-app.ts';

const STORY_MS_MAX = 180_000;

test('the application of the guide runs in Node as it stands there, and again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vsys-first-app-'));
  try {
    await using dev = await startDev(folder);
    const app = guideApp(dev.url);
    expect(app.trim().split('\n').length).toBeLessThanOrEqual(17);
    const first = await runInNode(app);
    expect(first[0]).toMatch(/^buy milk \d+ proven$/);
    expect(first).toContainEqual(expect.stringMatching(/^applied \d+$/));
    // The second time the collection is there, and the note of the first time is done.
    const second = await runInNode(app);
    expect(second[0]).toMatch(/^buy milk \d+ proven$/);
    expect(second.filter((line) => line.startsWith('buy milk'))).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, STORY_MS_MAX);
