import { accept, refuse, type Verdict } from '@vsys/primitives';
import { isArray, isDocument, type Value } from '@vsys/data-format/value';

export type PayloadCode = 'DB_PAYLOAD' | 'DB_NAME' | 'DB_VALUE' | 'DB_LIMIT' | 'DB_KEY_TOO_LONG' | 'DB_PATCH_TYPE' | 'DB_PATCH_CONFLICT' | 'DB_SCHEMA';

export const databaseLimits = { documentsPerOperationMax: 1_000, indexesMax: 16, indexFieldsMax: 8, /** Values of one document in one index. */ entriesPerDocumentMax: 32, partialConditionsMax: 8, /** Numbers of indexes are not given twice. */ indexNumberMax: 65_535, nameBytesMax: 64, pathBytesMax: 128, pathsPerPatchMax: 100, /** Of a database and its collections, in its life. */ dropsMax: 4_194_304, /** Of the accounts that hold a share in one document's deposit. */ depositSharesMax: 8, /** A height, or a number of blocks. */ expiryBlocksMax: 1_000_000_000_000, /** A key of what is done once is remembered so long. */ onceBlocks: 10_000, onceKeyBytesMax: 64, /** Beside what a document's key begins with, of the 256 bytes of a key of state. */ idBytesMax: 200 } as const;

export const malformed = (why: string): Verdict<never, 'DB_PAYLOAD'> => refuse('DB_PAYLOAD', `the payload is not an operation of the database: ${why}`);

export function isPath(path: string): boolean {
  return path.length <= databaseLimits.pathBytesMax && path.isWellFormed() && path.split('.').every((part) => part !== '' && !part.startsWith('$') && !part.includes('\0'));
}

/** Where paths lead through arrays by all their elements, a number names nothing: so there is one way to each value. */
export function hasNumber(path: string): boolean {
  return path.split('.').some((part) => /^\d+$/.test(part));
}

/** A dot inside a name would make two places of one path. */
export function checkNames(value: Value): Verdict<void, PayloadCode> {
  if (isDocument(value)) {
    for (const [name, inner] of value) {
      if (name.includes('.')) return refuse('DB_VALUE', 'a field name holds no "."; put the value into an object instead');
      const checked = checkNames(inner);
      if (!checked.ok) return checked;
    }
  } else if (isArray(value)) {
    for (const inner of value) {
      const checked = checkNames(inner);
      if (!checked.ok) return checked;
    }
  }
  return accept(undefined);
}
