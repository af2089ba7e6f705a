import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuardStore } from '@vsys/consensus';

/** Small records that must survive a loss of power, one file each: written aside, synced, renamed, and the folder synced. */
export async function openDurableFiles(folder: string): Promise<GuardStore> {
  await mkdir(folder, { recursive: true });
  // Names of records hold ":", which not every file system takes; two names must not share a file.
  const pathOf = (name: string): string => join(folder, `${encodeURIComponent(name)}.record`);
  return {
    async load(name) {
      try {
        return new Uint8Array(await readFile(pathOf(name)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(name, bytes) {
      const path = pathOf(name);
      const aside = `${path}.new`;
      const file = await open(aside, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path);
      const directory = await open(folder, 'r');
      try {
        await directory.sync();
      } finally {
        await directory.close();
      }
    },
  };
}
