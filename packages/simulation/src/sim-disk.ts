import { type Random, toHex } from '@vsys/primitives';
import type { GuardStore } from '@vsys/consensus';
import { type BlockLog, BlockLogError, checkRecords, checkSequence, createMemoryStore, type Store, StoreError, type StoreOp } from '@vsys/store';
import { type Life, never } from './life.ts';

/** Where in a durable write a crash comes: before the disk has it, or after, when nobody was told yet. */
export type WriteMoment = 'before' | 'after';
export type DiskPart = 'store' | 'log' | 'durable';

/** The three ports of a node to its disk, as one life of it sees them. */
export interface OpenDisk {
  readonly store: Store;
  readonly log: BlockLog;
  readonly durable: GuardStore;
}

/** The disk of one machine. It outlives the lives of the node, and knows what of its writes would be there after a crash. */
export interface SimDisk {
  open(life: Life): Promise<OpenDisk>;
  /**
   * What was under way lands or does not, by chance. A loss of power also takes the last batches of the store, which promises no more; the
   * block log and the durable records promise to keep what they acknowledged.
   */
  crash(power: boolean): void;
  /** Every write fails from now on, until it is false again. */
  full: boolean;
  /** Longest time of one write. */
  slowMs: number;
  /** A bit flipped: the checksum is wrong from now on. False when there is nothing that it could hit. */
  rot(part: 'log' | 'durable', pick: number): boolean;
  wipe(part: DiskPart): void;
  /** Asked at each moment of each write; true: crash now. */
  crashNow: (moment: WriteMoment) => boolean;
  readonly writes: number;
  readonly rotten: ReadonlySet<DiskPart>;
}

interface Write {
  readonly part: DiskPart;
  apply(): void;
}

/** Batches of the store that a loss of power can take, at most. */
const BATCHES_LOST_MAX = 8;

export function createSimDisk(random: Random & { below(below: number): number }): SimDisk {
  let batches: (readonly StoreOp[])[] = [];
  let synced = 0;
  let records: Uint8Array[] = [];
  const rottenRecords = new Set<number>();
  const durable = new Map<string, Uint8Array>();
  const rottenNames = new Set<string>();
  const rotten = new Set<DiskPart>();
  let underWay: Write[] = [];
  let writes = 0;

  const disk: SimDisk = {
    full: false,
    slowMs: 3,
    crashNow: () => false,
    get writes() { return writes; },
    rotten,
    open,
    crash(power) {
      // In order: a later write is not there without an earlier one of its kind.
      for (const write of underWay) {
        if (random.below(2) === 0) break;
        write.apply();
      }
      underWay = [];
      if (power && batches.length > synced) batches.length = Math.max(synced, batches.length - random.below(BATCHES_LOST_MAX + 1));
      synced = batches.length;
    },
    rot(part, pick) {
      if (part === 'log') {
        if (records.length === 0) return false;
        rottenRecords.add(pick % records.length);
      } else {
        const name = [...durable.keys()][pick % Math.max(1, durable.size)];
        if (name === undefined) return false;
        rottenNames.add(name);
      }
      rotten.add(part);
      return true;
    },
    wipe(part) {
      rotten.delete(part);
      if (part === 'store') batches = [];
      if (part === 'store') synced = 0;
      if (part === 'log') records = [];
      if (part === 'log') rottenRecords.clear();
      if (part === 'durable') durable.clear();
      if (part === 'durable') rottenNames.clear();
    },
  };

  /** Durable, or told to fail, after a while; a life that ended meanwhile never hears of it. */
  function write(life: Life, part: DiskPart, apply: () => void): Promise<void> {
    if (!life.alive || disk.crashNow('before') || !life.alive) return never();
    writes++;
    if (disk.full) return Promise.reject(new StoreError('STORE_FULL', 'the simulated disk is full: free space on it and start again'));
    const one: Write = { part, apply };
    underWay.push(one);
    return new Promise((resolve) => {
      life.timers.setAt(life.clock.nowMs() + 1 + random.below(disk.slowMs), () => {
        underWay = underWay.filter((other) => other !== one);
        apply();
        if (!disk.crashNow('after') && life.alive) resolve();
      });
    });
  }

  function openLog(life: Life): BlockLog {
    let closed = false;
    let last: Promise<unknown> = Promise.resolve();
    const check = (): void => {
      if (closed) throw new BlockLogError('BLOCK_LOG_CLOSED', 'the block log is closed');
    };
    const read = (sequence: number): Uint8Array => {
      check();
      checkSequence(sequence, records.length - 1);
      if (rottenRecords.has(sequence)) throw new BlockLogError('BLOCK_LOG_CORRUPT', `record ${sequence} of the simulated disk fails its check`, { sequence });
      return (records[sequence] as Uint8Array).slice();
    };
    const close = async (): Promise<void> => {
      closed = true;
    };
    return {
      async append(added) {
        check();
        checkRecords(added);
        const copies = added.map((record) => new Uint8Array(record));
        const append = last.then(async () => {
          const first = records.length;
          await write(life, 'log', () => void records.push(...copies));
          return first;
        });
        last = append.catch(() => undefined);
        return append;
      },
      get next() { return records.length; },
      read: async (sequence) => read(sequence),
      async *records(from) {
        const end = records.length;
        checkSequence(from, end);
        for (let sequence = from; sequence < end; sequence++) yield { sequence, bytes: read(sequence) };
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  function openDurable(life: Life): GuardStore {
    let last: Promise<unknown> = Promise.resolve();
    return {
      async load(name) {
        if (rottenNames.has(name)) throw new StoreError('STORE_RECORD_DAMAGED', `the record ${name} of the simulated disk is damaged: give the seat a new key`);
        return durable.get(name)?.slice();
      },
      save(name, bytes) {
        const copy = new Uint8Array(bytes);
        const save = last.then(() => write(life, 'durable', () => {
          durable.set(name, copy);
          rottenNames.delete(name);
        }));
        last = save.catch(() => undefined);
        return save;
      },
    };
  }

  async function open(life: Life): Promise<OpenDisk> {
    batches = compact(batches);
    synced = batches.length;
    const memory = createMemoryStore();
    for (const ops of batches) await memory.batch(ops);
    let last: Promise<unknown> = Promise.resolve();
    const close = async (): Promise<void> => {
      await last;
      await memory.close();
    };
    const store: Store = {
      ...memory,
      close,
      [Symbol.asyncDispose]: close,
      batch(ops) {
        const copies = ops.map((op): StoreOp => (op.type === 'put' ? { type: 'put', key: new Uint8Array(op.key), value: new Uint8Array(op.value) } : { type: 'delete', key: new Uint8Array(op.key) }));
        const batch = last.then(async () => {
          await write(life, 'store', () => {
            batches.push(copies);
            if (random.below(6) === 0) synced = batches.length;
          });
          await memory.batch(copies);
        });
        last = batch.catch(() => undefined);
        return batch;
      },
    };
    return { store, log: openLog(life), durable: openDurable(life) };
  }
  return disk;
}

/** One batch with what all of them leave behind. */
function compact(batches: readonly (readonly StoreOp[])[]): (readonly StoreOp[])[] {
  const last = new Map<string, StoreOp>();
  for (const ops of batches) for (const op of ops) last.set(toHex(op.key), op);
  const ops = [...last.values()].filter(({ type }) => type === 'put');
  return ops.length === 0 ? [] : [ops];
}
