import { StoreError } from '@vsys/store';
import type { StoreErrorCode } from '@vsys/store';

const FULL_REMEDY = 'free space on the disk, then open the store again';

// Narrow, as the words hold paths too.
const SIGNS: readonly (readonly [sign: RegExp, code: StoreErrorCode, message: string])[] = [
  [/No space left on device|\bENOSPC\b|Disk quota exceeded|\bEDQUOT\b/, 'STORE_FULL', `the disk is full: ${FULL_REMEDY}`],
  [/lock hold by current process|While lock file|LEVEL_LOCKED/, 'STORE_LOCKED', 'another process, or this one, has the folder open: close that one first'],
  [/\bCorruption: |may be corrupted|\bCURRENT file\b|create_if_missing is false|LEVEL_CORRUPTION/, 'STORE_CORRUPT', 'the engine finds its files damaged or gone: remove the folder and let it be made again from the block log'],
];

/** An error of an engine, whose words are all it has, as one with a code. */
export function storeErrorFrom(cause: unknown, folder: string, otherwise: StoreErrorCode): StoreError {
  if (cause instanceof StoreError) return cause;
  const words = wordsOf(cause);
  for (const [sign, code, message] of SIGNS) if (sign.test(words)) return new StoreError(code, `${message} (${folder})`, { folder, cause });
  return new StoreError(otherwise, `the disk or the engine failed on ${folder}: ${words}. Check the disk and the rights of the folder, then start again`, { folder, cause });
}

/** Messages and codes of an error and of its causes. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let at = error; typeof at === 'object' && at !== null && words.length < 8; at = (at as Error).cause) {
    const { message, code } = at as { message?: unknown; code?: unknown };
    // The system's own messages begin with their code.
    words.push([String(message ?? '').startsWith(String(code)) ? undefined : code, message].filter((word) => word !== undefined).join(' '));
  }
  return words.length === 0 ? String(error) : words.join('; ');
}
