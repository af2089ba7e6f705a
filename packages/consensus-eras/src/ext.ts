import { concatBytes } from '@vsys/primitives';

/**
 * What stands ahead of the module's own `ext` in a header that follows the last block of an era. All other headers carry the module's and
 * nothing else.
 */
export type EraPrefix =
  /** The old module goes on, for its finality only. */
  | { readonly kind: 'carrier'; readonly record: Uint8Array | undefined }
  /** The new module begins. `proof`: carriers, none where the old module needs none. */
  | { readonly kind: 'first'; readonly record: Uint8Array | undefined; readonly proof: Uint8Array };

const CARRIER = 0;
const FIRST = 1;
const CARRIER_BY_RECORD = 2;
const FIRST_BY_RECORD = 3;
const HASH_BYTES = 32;

/** Carrier: 0; or 2, hash of the record (32). First: 1, or 3 and the hash; then the proof behind its length (2). */
export function prefixToBytes(prefix: EraPrefix): Uint8Array {
  const { kind, record } = prefix;
  if (kind === 'carrier') return record === undefined ? Uint8Array.of(CARRIER) : concatBytes(Uint8Array.of(CARRIER_BY_RECORD), record);
  const { proof } = prefix;
  const head = record === undefined ? Uint8Array.of(FIRST) : concatBytes(Uint8Array.of(FIRST_BY_RECORD), record);
  return concatBytes(head, Uint8Array.of(proof.length >> 8, proof.length & 255), proof);
}

/** Undefined when there is none. */
export function splitExt(ext: Uint8Array): { readonly prefix: EraPrefix; readonly inner: Uint8Array } | undefined {
  const tag = ext[0] ?? FIRST_BY_RECORD + 1;
  if (tag > FIRST_BY_RECORD) return undefined;
  const isByRecord = tag >= CARRIER_BY_RECORD;
  const start = isByRecord ? 1 + HASH_BYTES : 1;
  if (start > ext.length) return undefined;
  const record = isByRecord ? ext.slice(1, start) : undefined;
  if (tag === CARRIER || tag === CARRIER_BY_RECORD) return { prefix: { kind: 'carrier', record }, inner: ext.slice(start) };
  const end = start + 2 + (((ext[start] ?? 0) << 8) | (ext[start + 1] ?? 0));
  if (start + 2 > ext.length || end > ext.length) return undefined;
  return { prefix: { kind: 'first', record, proof: ext.slice(start + 2, end) }, inner: ext.slice(end) };
}
