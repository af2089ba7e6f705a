import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChainId, hasCode, toHex } from '@vsys/primitives';
import { cacheFolder } from './cache-folder.ts';
import { newSecret } from './key-file.ts';

/** Where the commands of one user keep how far they verified the headers of one chain. */
export interface CheckpointFile {
  readonly path: string;
  /** Undefined when there is none. @throws with what is wrong with it */
  read(): Uint8Array | undefined;
  /** Whole or not at all, also when others write at the same time: the last one stays. @throws what the file system throws */
  write(bytes: Uint8Array): void;
}

/** More than any checkpoint has. */
const BYTES_MAX = 131_072;
/** Chains whose checkpoints are kept; those written longest ago go first. */
const CHAINS_MAX = 64;

/** In the cache of the user, who may have none. */
export function checkpointFolder(): string | undefined {
  const folder = cacheFolder();
  return folder === undefined ? undefined : join(folder, 'checkpoints');
}

export function checkpointFile(chainId: ChainId, folder: string): CheckpointFile {
  const path = join(folder, `${toHex(chainId)}.checkpoint`);
  return {
    path,
    read: () => readOwn(path),
    write: (bytes) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const aside = `${path}.${toHex(newSecret().subarray(0, 8))}.new`;
      try {
        writeFileSync(aside, bytes, { flag: 'wx', mode: 0o600 });
        renameSync(aside, path);
      } catch (error) {
        rmSync(aside, { force: true });
        throw error;
      }
      forgetOldest(folder);
    },
  };
}

/** What it says is believed, so nobody else may have written it. */
function readOwn(path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { uid, mode, size } = fstatSync(file);
    const user = process.getuid?.();
    if (user !== undefined && (uid !== user || (mode & 0o022) !== 0)) throw new RangeError('others may write it');
    if (size > BYTES_MAX) throw new RangeError(`it has ${size} bytes`);
    return new Uint8Array(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

function forgetOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= CHAINS_MAX) return;
  // Another command may remove the same ones.
  const aged = names.map((name) => ({ name, writtenMs: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 })).toSorted((a, b) => a.writtenMs - b.writtenMs);
  for (const { name } of aged.slice(0, names.length - CHAINS_MAX)) rmSync(join(folder, name), { force: true });
}
