import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { StoreError } from '@vsys/store';

import type { DriverName } from './store-driver.ts';

const MARKER = 'DRIVER';
/** The marker while the engine is being made: after a crash in between, the making goes on. */
const MARKER_UNDONE = 'DRIVER.new';
const DATA = 'data';

/** Which driver wrote a folder. Layout: `DRIVER`, one line of text, and the engine's files under `data/`. */
export interface FolderState {
  readonly driver: DriverName | undefined;
  /** True when the engine was made and the store handed out at least once. */
  readonly made: boolean;
}

export function dataFolder(folder: string): string {
  return join(folder, DATA);
}

export async function readFolder(folder: string): Promise<FolderState> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return { driver: undefined, made: false };
    throw new StoreError('STORE_OPEN_FAILED', `cannot read the folder ${folder} (${String((cause as { code?: unknown }).code)}): give a path that is a folder, or may become one, and check its rights`, { folder, cause });
  }
  if (names.includes(MARKER)) return { driver: await readMarker(folder, MARKER), made: true };
  // A crash may have left this one empty, and then nothing else was begun.
  if (names.includes(MARKER_UNDONE) && names.includes(DATA)) return { driver: await readMarker(folder, MARKER_UNDONE), made: false };
  const others = names.filter((name) => name !== MARKER_UNDONE);
  if (others.length > 0) {
    throw new StoreError('STORE_OPEN_FAILED', `${folder} is not a store: it has no ${MARKER} file and ${others.length} others; give an empty folder`, { folder });
  }
  return { driver: undefined, made: false };
}

async function readMarker(folder: string, name: string): Promise<DriverName> {
  const text = (await readFile(join(folder, name), 'utf8')).trim();
  if (text === 'rocksdb' || text === 'level') return text;
  throw new StoreError('STORE_OPEN_FAILED', `${join(folder, name)} names no driver of this version: use the release that wrote it, or remove the folder and let it be made again from the block log`, { folder });
}

export async function beginMarker(folder: string, driver: DriverName): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, MARKER_UNDONE), 'w');
  try {
    await file.writeFile(`${driver}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await mkdir(dataFolder(folder), { recursive: true });
}

export async function finishMarker(folder: string): Promise<void> {
  await rename(join(folder, MARKER_UNDONE), join(folder, MARKER));
  await syncFolder(folder);
  await syncFolder(dirname(folder));
}

/** Makes names in the folder survive a loss of power. Windows has no such call for folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
