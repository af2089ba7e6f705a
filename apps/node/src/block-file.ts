import { type FileHandle, open } from 'node:fs/promises';
import { hasCode } from '@vsys/primitives';
import { AppError } from './app-error.ts';

/** A file of blocks, one on each line, that can be gone on with. */
export interface BlockFile extends AsyncDisposable {
  /** Of the line that is first in it; undefined in an empty file. */
  readonly first?: number;
  /** Of the line that is last in it. */
  readonly last?: { readonly height: number; readonly id: string };
  append(text: string): Promise<void>;
}

const PIECE_BYTES = 65_536;

/** @throws AppError DATA_FILE for a file that cannot be written, or holds something else */
export async function openBlockFile(path: string): Promise<BlockFile> {
  const file = await open(path, 'a+').catch((cause: unknown) => {
    throw new AppError('DATA_FILE', `cannot write ${path}; check the path and its rights`, { cause });
  });
  try {
    const found = await readEnds(file);
    return {
      ...found,
      append: (text) => file.appendFile(text),
      async [Symbol.asyncDispose]() {
        await file.sync();
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    if (error instanceof SyntaxError || hasCode(error, 'DATA_FILE')) throw new AppError('DATA_FILE', `${path} is not a file of vsys chain export; name another one`, { cause: error });
    throw error;
  }
}

/** Cuts off a line that was not finished, then reads the first and the last. */
async function readEnds(file: FileHandle): Promise<Pick<BlockFile, 'first' | 'last'>> {
  const { size } = await file.stat();
  if (size === 0) return {};
  const head = new TextDecoder().decode(await readAt(file, 0, Math.min(size, 64)));
  const first = /^\{"height":(\d{1,16}),/.exec(head)?.[1];
  if (first === undefined) throw new AppError('DATA_FILE', 'the first line is no block');
  const end = 1 + await lastBreakBefore(file, size);
  if (end !== size) await file.truncate(end);
  if (end === 0) return {};
  const start = 1 + await lastBreakBefore(file, end - 1);
  const { height, id } = JSON.parse(new TextDecoder().decode(await readAt(file, start, end - start))) as { height: unknown; id: unknown };
  if (!Number.isSafeInteger(height) || typeof id !== 'string') throw new AppError('DATA_FILE', 'the last line is no block');
  return { first: Number(first), last: { height: height as number, id } };
}

/** Offset of the last line break before another offset; -1 when there is none. */
async function lastBreakBefore(file: FileHandle, end: number): Promise<number> {
  for (let to = end; to > 0; to -= PIECE_BYTES) {
    const from = Math.max(0, to - PIECE_BYTES);
    const at = (await readAt(file, from, to - from)).lastIndexOf(0x0a);
    if (at >= 0) return from + at;
  }
  return -1;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
