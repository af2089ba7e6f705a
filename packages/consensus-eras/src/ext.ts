import { concatBytes } from '@vsys/primitives';

/**
 * What stands ahead of the module's own `ext` in a header that follows the last block of an era. All other headers carry the module's and
 * nothing else.
 */
export type EraPrefix =
  /** The old module goes on, for its finality only. */
  | { readonly kind: 'carrier' }
  /** The new module begins. `proof`: carriers, none where the old module needs none. */
  | { readonly kind: 'first'; readonly proof: Uint8Array };

const CARRIER = 0;
const FIRST = 1;

/** Carrier: 0. First: 1, proof behind its length (2). */
export function prefixToBytes(prefix: EraPrefix): Uint8Array {
  if (prefix.kind === 'carrier') return Uint8Array.of(CARRIER);
  return concatBytes(Uint8Array.of(FIRST, prefix.proof.length >> 8, prefix.proof.length & 255), prefix.proof);
}

/** Undefined when there is none. */
export function splitExt(ext: Uint8Array): { readonly prefix: EraPrefix; readonly inner: Uint8Array } | undefined {
  if (ext[0] === CARRIER) return { prefix: { kind: 'carrier' }, inner: ext.slice(1) };
  const end = 3 + (((ext[1] ?? 0) << 8) | (ext[2] ?? 0));
  if (ext[0] !== FIRST || ext.length < 3 || end > ext.length) return undefined;
  return { prefix: { kind: 'first', proof: ext.slice(3, end) }, inner: ext.slice(end) };
}
