import { refuse, type Verdict } from '@vsys/primitives';
import { encodeIndexKey, type Value } from '@vsys/data-format/value';
import { databaseLimits, type PayloadCode } from './payload-checks.ts';

/** The order-preserving bytes of an `_id`. */
export function idKeyOf(id: Value | undefined): Verdict<Uint8Array, PayloadCode> {
  if (id === undefined || id === null) return refuse('DB_VALUE', 'a document needs an "_id" that is not null');
  const key = encodeIndexKey([id]);
  if (key.ok && key.value.length <= databaseLimits.idBytesMax) return key;
  if (key.ok) return refuse('DB_KEY_TOO_LONG', `an "_id" has at most ${databaseLimits.idBytesMax} bytes as a key, found ${key.value.length}`);
  return refuse(key.code === 'INDEX_KEY_TOO_LONG' ? 'DB_KEY_TOO_LONG' : 'DB_VALUE', `_id: ${key.message}`);
}
