import type { GuardStore } from '@vsys/consensus';
import type { Store } from '@vsys/store';
import { StoreError } from '@vsys/store';
import type { LogFile, LogFiles } from '@vsys/store-rocksdb';

/** What fails from now on, by the system's code; undefined: nothing. */
export interface DiskFault {
  write?: string | undefined;
  sync?: string | undefined;
  batch?: string | undefined;
  save?: string | undefined;
}

const systemError = (code: string): Error => Object.assign(new Error(`${code}: told to fail`), { code });

/** Real files under a block log, whose writes and syncs fail when told. A failing write leaves half of its bytes. */
export function failingFiles(files: LogFiles, fault: DiskFault): LogFiles {
  const failing = (file: LogFile): LogFile => ({
    ...file,
    async write(offset, bytes) {
      if (fault.write === undefined) return file.write(offset, bytes);
      await file.write(offset, bytes.subarray(0, bytes.length >> 1));
      throw systemError(fault.write);
    },
    async sync() {
      if (fault.sync !== undefined) throw systemError(fault.sync);
      await file.sync();
    },
  });
  return { ...files, open: async (name, options) => failing(await files.open(name, options)) };
}

/** A store whose batches fail when told, after the block is in the log. */
export function failingStore(store: Store, fault: DiskFault): Store {
  return {
    ...store,
    async batch(ops) {
      if (fault.batch !== undefined) throw new StoreError('STORE_FULL', 'the disk is full: free space on the disk, then open the store again', { cause: systemError(fault.batch) });
      await store.batch(ops);
    },
  };
}

export function failingRecords(records: GuardStore, fault: DiskFault): GuardStore {
  return {
    load: (name) => records.load(name),
    async save(name, bytes) {
      if (fault.save !== undefined) throw new StoreError('STORE_FULL', 'the disk is full: free space on the disk', { cause: systemError(fault.save) });
      await records.save(name, bytes);
    },
  };
}

