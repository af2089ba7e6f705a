// Loaded with `--import` before a node: tells each durable write and each signature in a file, and kills the process with SIGKILL at the one that it is told.
import { appendFileSync, existsSync } from 'node:fs';
import files from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';
import { toHex } from '@vsys/primitives';
import { DATA_FOLDER_VARIABLE, KILL_ARMED_VARIABLE, KILL_AT_VARIABLE, WRITES_FILE_VARIABLE } from './variables.ts';

const dataFolder = process.env[DATA_FOLDER_VARIABLE] as string;
const writesFile = process.env[WRITES_FILE_VARIABLE] as string;
const killAt = process.env[KILL_AT_VARIABLE];
const armedFile = process.env[KILL_ARMED_VARIABLE] as string;

/** A line is there when the call returns: a process that is killed behind it has told it. */
const tell = (line: string): void => appendFileSync(writesFile, `${line}\n`);

const point = (moment: 'before' | 'after', label: string): void => {
  tell(`${moment} ${label}`);
  if (killAt === `${moment} ${label}` && existsSync(armedFile)) process.kill(process.pid, 'SIGKILL');
};

const around = async <T>(label: string, write: () => Promise<T>): Promise<T> => {
  point('before', label);
  const result = await write();
  point('after', label);
  return result;
};

/** Of the data folder only; without keys and numbers, so that a place in a block's life has one name. */
function nameOf(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  const name = relative(dataFolder, path);
  return name.startsWith('..') ? undefined : name.replace(/[0-9a-f]{32,}/g, 'KEY').replace(/\d{4,}/g, 'N') || '.';
}

type Handle = Awaited<ReturnType<typeof files.open>>;
type Written = Parameters<Handle['writeFile']>[0];
const { open, rename } = files;

/** What is written through a handle, and made durable. A folder is only synced. */
function watched(handle: Handle, name: string): Handle {
  const { write, writeFile, sync, datasync } = handle;
  const bound = { write: write.bind(handle) as (...args: unknown[]) => Promise<unknown>, writeFile: writeFile.bind(handle), sync: sync.bind(handle), datasync: datasync.bind(handle) };
  return Object.assign(handle, {
    write: (...args: unknown[]) => around(`${name} write`, () => bound.write(...args)),
    writeFile: (bytes: Written) => {
      if (bytes instanceof Uint8Array && name.includes('KEY')) tell(`marks ${toHex(bytes)}`);
      return around(`${name} write`, () => bound.writeFile(bytes));
    },
    sync: () => around(`${name} sync`, () => bound.sync()),
    datasync: () => around(`${name} sync`, () => bound.datasync()),
  });
}

Object.assign(files, {
  async open(path: string, ...rest: unknown[]) {
    const handle = await (open as (...args: unknown[]) => Promise<Handle>)(path, ...rest);
    const name = nameOf(path);
    return name === undefined ? handle : watched(handle, name);
  },
  rename(from: string, to: string) {
    const name = nameOf(to);
    return name === undefined ? rename(from, to) : around(`${name} rename`, () => rename(from, to));
  },
});
syncBuiltinESMExports();

interface Batch { flush(): Promise<void> }
interface Rocks { prototype: { write(...args: unknown[]): Batch } }

const rocks = createRequire(import.meta.resolve('@vsys/store-rocksdb'))('rocksdb-native') as Rocks;
const { write } = rocks.prototype;
rocks.prototype.write = function writeTold(...args) {
  const batch = write.apply(this, args);
  const flush = batch.flush.bind(batch);
  batch.flush = () => around('store batch', flush);
  return batch;
};

interface Sodium { crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void }
const sodium = createRequire(import.meta.resolve('@vsys/crypto'))('sodium-native') as Sodium;
const { crypto_sign_detached: sign } = sodium;
sodium.crypto_sign_detached = (signature, message, secretKey) => {
  tell(`sign ${toHex(message)}`);
  sign(signature, message, secretKey);
};
