import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSeededRandom, toHex } from '@vsys/primitives';
import { inspect, Ledger, startChild, type Told } from './kill-support.ts';

const ROUNDS = 20;
const SEED = 20_261;

let folder: string;
const ledger = new Ledger();
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'vsys-kill-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const data = (): string => join(folder, 'data');

/** Lets a node live until it has told so many new heads and then so many milliseconds more, and kills it. */
async function live(path: string, heads: number, moreMs = 0): Promise<Told> {
  const child = startChild(path);
  await child.saw('head', heads);
  await new Promise((resolve) => setTimeout(resolve, moreMs));
  child.kill();
  return child.told;
}

describe('a node that is killed at any moment', () => {
  test(`opens without help ${ROUNDS} times, with and without its store, and keeps all that it told (seed ${SEED})`, async () => {
    const random = createSeededRandom(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const withoutStore = round % 4 === 3;
      if (withoutStore) await rm(join(data(), 'store'), { recursive: true });
      // Sometimes it dies while it opens, before anything is told.
      const told = await live(data(), random.below(5) === 0 ? 0 : 1 + random.below(25), random.below(60));
      expect(told.lines.filter(([kind]) => kind === 'refused' || kind === 'failed')).toEqual([]);
      ledger.add(told);
      if (told.lines.length === 0) continue;
      const recent = told.lines.flatMap(([kind, id]) => (kind === 'done' ? [id as string] : []));
      const look = async (chain: Parameters<Parameters<typeof inspect>[2]>[0]): Promise<string> => {
        await ledger.check(chain, recent);
        return `${chain.head.height} ${toHex(chain.head.id)} ${toHex((await chain.stateAt())!.view.root)}`;
      };
      expect(await inspect(data(), 'log', look)).toBe(await inspect(data(), 'store', look));
    }
    await inspect(data(), 'store', (chain) => ledger.check(chain));
    expect(ledger.finalHeight).toBeGreaterThan(ROUNDS);
    expect(ledger.done.size).toBeGreaterThan(ROUNDS);
  }, 240_000);
});
