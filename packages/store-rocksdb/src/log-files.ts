import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { syncFolder } from './driver-marker.ts';

/** What the block log asks of a folder on disk. A port, so that tests can hand in a disk that is full or fails. */
export interface LogFiles {
  /** Makes the folder when it is missing, durably. */
  makeFolder(): Promise<void>;
  list(): Promise<string[]>;
  /** Opens for reading and writing; `create` makes the file or empties it. */
  open(name: string, options?: { readonly create?: boolean }): Promise<LogFile>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes the names in the folder durable. */
  syncFolder(): Promise<void>;
}

export interface LogFile {
  size(): Promise<number>;
  /** Fewer bytes than asked only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** All the bytes, or an error after none, some or all of them. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Durable contents and length: fdatasync. */
  sync(): Promise<void>;
  /** Waits for the reads under way. */
  close(): Promise<void>;
}

/** The folder on the machine's disk. */
export function createNodeLogFiles(folder: string): LogFiles {
  return {
    async makeFolder() {
      const first = await mkdir(folder, { recursive: true });
      // Each folder made is a name in the one above it.
      for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
    },
    list: () => readdir(folder),
    open: (name, { create = false } = {}) => openNodeFile(join(folder, name), create),
    rename: (from, to) => rename(join(folder, from), join(folder, to)),
    remove: (name) => rm(join(folder, name), { force: true }),
    syncFolder: () => syncFolder(folder),
  };
}

async function openNodeFile(path: string, create: boolean): Promise<LogFile> {
  const handle = await open(path, create ? 'w+' : 'r+');
  return {
    async size() {
      return (await handle.stat()).size;
    },
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
    async write(offset, bytes) {
      for (let done = 0; done < bytes.length;) {
        done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
      }
    },
    truncate: (size) => handle.truncate(size),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}
