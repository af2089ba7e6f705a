import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSeededRandom, toHex } from '@vsys/primitives';
import type { Chain } from '@vsys/consensus';
import type { ChainKind } from './kill-chain.ts';
import { inspect, Ledger, startChild, type Told } from './kill-support.ts';

const SEED = 20_261;

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'vsys-kill-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lets a node live until it has told so many new heads and then so many milliseconds more, and kills it. */
async function live(path: string, kind: ChainKind, heads: number, moreMs = 0): Promise<Told> {
  const child = startChild(path, kind);
  await child.saw('head', heads);
  await new Promise((resolve) => setTimeout(resolve, moreMs));
  child.kill();
  return child.told;
}

describe('a node that is killed at any moment', () => {
  test.each([['poa', 20], ['spos', 8], ['bft', 8]] as const)(`under %s opens without help %d times, with and without its store, and keeps all that it told (seed ${SEED})`, async (kind, rounds) => {
    const random = createSeededRandom(SEED);
    const data = join(folder, kind);
    const ledger = new Ledger();
    for (let round = 0; round < rounds; round++) {
      if (round % 4 === 3) await rm(join(data, 'store'), { recursive: true });
      // Sometimes it dies while it opens, before anything is told.
      const told = await live(data, kind, random.below(5) === 0 ? 0 : 1 + random.below(25), random.below(60));
      expect(told.lines.filter(([word]) => word === 'refused' || word === 'failed')).toEqual([]);
      ledger.add(told);
      if (told.lines.length === 0) continue;
      const recent = told.lines.flatMap(([word, id]) => (word === 'done' ? [id as string] : []));
      const look = async (chain: Chain): Promise<string> => {
        await ledger.check(chain, recent);
        return `${chain.head.height} ${toHex(chain.head.id)} ${toHex((await chain.stateAt())!.view.root)}`;
      };
      expect(await inspect(data, 'log', look, kind)).toBe(await inspect(data, 'store', look, kind));
    }
    await inspect(data, 'store', (chain) => ledger.check(chain), kind);
    expect(ledger.finalHeight).toBeGreaterThan(rounds);
    expect(ledger.done.size).toBeGreaterThan(rounds);
  }, 600_000);
});
