import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { blockLogCompliance, storeCompliance } from '@vsys/store/compliance';
import { createLife, type Life } from '../src/life.ts';
import { createSimDisk, type OpenDisk, type SimDisk } from '../src/sim-disk.ts';
import { createSimTime, type SimTime } from '../src/sim-time.ts';

interface Bench { disk: SimDisk; time: SimTime; life: Life; open: OpenDisk; again(): Promise<OpenDisk> }

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function bench(seed = 1): Promise<Bench> {
  const time = createSimTime(0);
  const disk = createSimDisk(createSeededRandom(seed));
  const life = createLife(time, () => 0);
  const b: Bench = {
    disk, time, life, open: await disk.open(life),
    async again() {
      b.life = createLife(time, () => 0);
      return (b.open = await disk.open(b.life));
    },
  };
  return b;
}

async function finish<T>({ time }: Bench, work: Promise<T>): Promise<T> {
  let open = true;
  void work.then(() => { open = false; }, () => { open = false; });
  await settle();
  while (open && time.step(time.nowMs() + 1_000)) await settle();
  return work;
}

/** Time that goes on by itself, for suites that know of none. */
function running(b: Bench): () => void {
  let on = true;
  void (async () => {
    while (on) {
      b.time.step(b.time.nowMs() + 100);
      await settle();
    }
  })();
  return () => { on = false; };
}

describe('the block log of a simulated disk', () => {
  blockLogCompliance({ test, create: async () => {
    const b = await bench();
    const stop = running(b);
    return { log: b.open.log, dispose: async () => { await b.open.log.close(); stop(); } };
  } });
});

describe('the store of a simulated disk', () => {
  storeCompliance({ test, create: async () => {
    const b = await bench();
    const stop = running(b);
    return { store: b.open.store, dispose: async () => { await b.open.store.close(); stop(); } };
  } });
});

describe('a simulated disk', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps through a loss of power what its log and its records acknowledged, and of the store all but the last batches (seed %i)', async (seed) => {
    const b = await bench(seed);
    for (let i = 0; i < 20; i++) {
      await finish(b, b.open.log.append([bytes(i)]));
      await finish(b, b.open.durable.save('mark', bytes(i)));
      await finish(b, b.open.store.batch([{ type: 'put', key: bytes(i), value: bytes(i) }]));
    }
    b.life.end();
    b.disk.crash(true);
    const { log, durable, store } = await b.again();
    expect(log.next).toBe(20);
    expect(await durable.load('mark')).toEqual(bytes(19));
    const kept = await store.getMany(Array.from({ length: 20 }, (_, i) => bytes(i)));
    const first = kept.findIndex((value) => value === undefined);
    const count = first < 0 ? 20 : first;
    expect(count).toBeGreaterThanOrEqual(12);
    expect(kept.slice(count).every((value) => value === undefined)).toBe(true);
  });

  test('a write under way at a crash lands in some runs and not in others, and is never told', async () => {
    const landed = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const b = await bench(seed);
      let told = false;
      void b.open.log.append([bytes(1)]).then(() => { told = true; });
      await settle();
      b.life.end();
      b.disk.crash(false);
      while (b.time.step(1_000)) await settle();
      expect(told).toBe(false);
      landed.add((await b.again()).log.next);
    }
    expect([...landed].toSorted()).toEqual([0, 1]);
  });

  test.each([['before', 0], ['after', 1]] as const)('crashes %s a write when told', async (moment, records) => {
    const b = await bench();
    b.disk.crashNow = (now) => {
      if (now !== moment) return false;
      b.life.end();
      b.disk.crash(true);
      return true;
    };
    let told = false;
    void b.open.log.append([bytes(1)]).then(() => { told = true; });
    await settle();
    while (b.time.step(1_000)) await settle();
    expect(told).toBe(false);
    b.disk.crashNow = () => false;
    expect((await b.again()).log.next).toBe(records);
  });

  test('when it is full, writes fail with a code and nothing of them stays', async () => {
    const b = await bench();
    b.disk.full = true;
    await expect(b.open.log.append([bytes(1)])).rejects.toMatchObject({ code: 'STORE_FULL' });
    await expect(b.open.durable.save('mark', bytes(1))).rejects.toMatchObject({ code: 'STORE_FULL' });
    await expect(b.open.store.batch([{ type: 'put', key: bytes(1), value: bytes(1) }])).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect([b.open.log.next, await b.open.durable.load('mark'), await b.open.store.get(bytes(1))]).toEqual([0, undefined, undefined]);
    b.disk.full = false;
    expect(await finish(b, b.open.log.append([bytes(1)]))).toBe(0);
  });

  test('what rots is refused when it is read, until it is removed', async () => {
    const b = await bench();
    expect(b.disk.rot('log', 0)).toBe(false);
    await finish(b, b.open.log.append([bytes(1), bytes(2)]));
    await finish(b, b.open.durable.save('mark', bytes(1)));
    expect([b.disk.rot('log', 1), b.disk.rot('durable', 0)]).toEqual([true, true]);
    expect(await b.open.log.read(0)).toEqual(bytes(1));
    await expect(b.open.log.read(1)).rejects.toMatchObject({ code: 'BLOCK_LOG_CORRUPT' });
    await expect(b.open.durable.load('mark')).rejects.toMatchObject({ code: 'STORE_RECORD_DAMAGED' });
    b.disk.wipe('log');
    expect([...b.disk.rotten]).toEqual(['durable']);
    expect((await b.again()).log.next).toBe(0);
  });
});
