import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { StoreError } from '@vsys/store';

import { syncFolder } from './driver-marker.ts';
import { storeErrorFrom } from './store-error-from.ts';

/** Small records that must survive a loss of power, such as what a signer has signed. */
export interface DurableFiles {
  /** @throws StoreError `STORE_RECORD_DAMAGED`, `STORE_IO`: a record that cannot be read is never taken for absent */
  load(name: string): Promise<Uint8Array | undefined>;
  /**
   * Durable when the promise resolves; before that the old record stands. Calls for one name land in their order.
   *
   * @throws StoreError `STORE_FULL`, `STORE_IO`
   */
  save(name: string, bytes: Uint8Array): Promise<void>;
}

/** Half of a SHA-256 in front: a flipped bit must not become another number. */
const CHECK_BYTES = 16;

/** One file for each record: written aside, synced, renamed, and the folder synced. */
export async function openDurableFiles(path: string): Promise<DurableFiles> {
  const folder = resolve(path);
  await coded(folder, () => mkdir(folder, { recursive: true }));
  // Names of records hold ":", which not every file system takes; two names must not share a file.
  const pathOf = (name: string): string => join(folder, `${encodeURIComponent(name)}.record`);
  // Two writers of one file aside would mix; records are few and small, so all wait for each other.
  let last: Promise<unknown> = Promise.resolve();
  return {
    async load(name) {
      const found = await coded(folder, () => readIfThere(pathOf(name)));
      return found === undefined ? undefined : unsealed(found, pathOf(name));
    },
    save(name, bytes) {
      const record = sealed(bytes);
      const write = last.then(() => coded(folder, () => replaceFile(folder, pathOf(name), record)));
      last = write.catch(() => undefined);
      return write;
    },
  };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replaceFile(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await syncFolder(folder);
}

function check(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest().subarray(0, CHECK_BYTES);
}

function sealed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([check(bytes), bytes]));
}

function unsealed(record: Uint8Array, path: string): Uint8Array {
  const bytes = record.slice(CHECK_BYTES);
  if (record.length >= CHECK_BYTES && Buffer.compare(check(bytes), record.subarray(0, CHECK_BYTES)) === 0) return bytes;
  throw new StoreError('STORE_RECORD_DAMAGED', `the record ${path} is damaged: restore it from a copy. Without one do not remove it while its key is in use, or the key may sign twice: give the seat a new key`, { path });
}

async function coded<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeErrorFrom(error, folder, 'STORE_IO');
  }
}
