import { utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import { equal, refused } from '@vsys/primitives/compliance';
import type { DefineTest } from '@vsys/primitives/compliance';
import { RECORD_BYTES_MAX } from './block-log.ts';
import type { BlockLog } from './block-log.ts';

export interface BlockLogCompliance {
  readonly test: DefineTest;
  /** A new empty log for each law. */
  readonly create: () => Promise<{ readonly log: BlockLog; dispose(): Promise<void> }>;
}

/** The laws of `BlockLog` that need no disk, as tests. Hand in the runner's `test`. */
export function blockLogCompliance({ test, create }: BlockLogCompliance): void {
  for (const [name, law] of laws) {
    test(name, async () => {
      const { log, dispose } = await create();
      try {
        await law(log);
      } finally {
        await dispose();
      }
    });
  }
}

const b = utf8ToBytes;

async function list(log: BlockLog, from: number): Promise<string> {
  const found: string[] = [];
  for await (const { sequence, bytes } of log.records(from)) found.push(`${sequence}=${utf8FromBytes(bytes)}`);
  return found.join(' ');
}

const laws: readonly (readonly [name: string, run: (log: BlockLog) => Promise<void>])[] = [
  ['numbers records from 0 without gaps', async (log) => {
    equal(log.next, 0, 'next of an empty log');
    equal(await log.append([b('a')]), 0, 'first of one');
    equal(await log.append([b('b'), b('c')]), 1, 'first of two');
    equal(log.next, 3, 'next');
    equal(await list(log, 0), '0=a 1=b 2=c', 'records from 0');
    equal(await list(log, 2), '2=c', 'records from 2');
    equal(await list(log, 3), '', 'records from next');
  }],
  ['takes an append of no records', async (log) => {
    await log.append([b('a')]);
    equal(await log.append([]), 1, 'sequence');
    equal(log.next, 1, 'next');
  }],
  ['keeps empty and large records', async (log) => {
    const large = Uint8Array.from({ length: 1 << 20 }, (_, i) => i % 251);
    await log.append([new Uint8Array(0), large, new Uint8Array(0)]);
    equal((await log.read(0)).length, 0, 'an empty record');
    equal((await log.read(1)).every((byte, i) => byte === large[i]), true, 'bytes of the large record');
    equal((await log.read(2)).length, 0, 'an empty record at the end');
  }],
  ['lands appends in the order of the calls', async (log) => {
    const firsts = await Promise.all([log.append([b('a')]), log.append([b('b'), b('c')]), log.append([b('d')])]);
    equal(firsts, [0, 1, 3], 'sequences');
    equal(await list(log, 0), '0=a 1=b 2=c 3=d', 'records');
  }],
  ['copies inputs before the call returns', async (log) => {
    const record = b('abc');
    const records = [record];
    const append = log.append(records);
    record[0] = 0;
    records.length = 0;
    await append;
    record[1] = 0;
    equal(await list(log, 0), '0=abc', 'records');
  }],
  ['gives bytes that the caller may change', async (log) => {
    await log.append([b('abc')]);
    (await log.read(0))[0] = 0;
    for await (const { bytes } of log.records(0)) bytes[0] = 0;
    equal(await log.read(0), b('abc'), 'read');
  }],
  ['ends a walk at what was durable at its first step', async (log) => {
    await log.append([b('a'), b('b')]);
    const found: string[] = [];
    for await (const { bytes } of log.records(0)) {
      found.push(utf8FromBytes(bytes));
      await log.append([b('later')]);
    }
    equal(found.join(' '), 'a b', 'records');
  }],
  ['refuses sequences that it does not have', async (log) => {
    await log.append([b('a')]);
    for (const sequence of [1, -1, 0.5]) await refused(() => log.read(sequence), 'BLOCK_LOG_RANGE', `read ${sequence}`);
    for (const from of [2, -1, 0.5]) await refused(() => list(log, from), 'BLOCK_LOG_RANGE', `records from ${from}`);
  }],
  ['refuses a record above the limit and appends nothing of the call', async (log) => {
    await refused(() => log.append([b('a'), new Uint8Array(RECORD_BYTES_MAX + 1)]), 'BLOCK_LOG_RECORD_LENGTH', 'append');
    equal(log.next, 0, 'next');
  }],
  ['refuses every call after close, and may be closed twice', async (log) => {
    await log.append([b('a'), b('b')]);
    const walk = log.records(0)[Symbol.asyncIterator]();
    await walk.next();
    await Promise.all([log.close(), log.close()]);
    await log[Symbol.asyncDispose]();
    await refused(() => walk.next(), 'BLOCK_LOG_CLOSED', 'a walk half-way');
    await refused(() => log.append([b('c')]), 'BLOCK_LOG_CLOSED', 'append');
    await refused(() => log.append([]), 'BLOCK_LOG_CLOSED', 'append of no records');
    await refused(() => log.read(0), 'BLOCK_LOG_CLOSED', 'read');
    await refused(() => list(log, 0), 'BLOCK_LOG_CLOSED', 'records');
  }],
  ['waits at close for the appends under way', async (log) => {
    const work = [log.append([b('a')]), log.append([b('b')])];
    await log.close();
    equal(await Promise.all(work), [0, 1], 'sequences');
  }],
];
