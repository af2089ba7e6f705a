import { blockIdOfBytes, headerFromBytes } from '@vsys/data-format';
import { compareBytes, equalBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { powExtFromBytes, targetOf } from './rules.ts';

const NONCE_BYTES = 8;

/**
 * A slice of the search: so many nonces of one header, which comes as its canonical bytes. They are written into those bytes, as encoding a
 * header takes ten times as long as hashing it.
 *
 * @returns the `ext` that the search ended at: its work is done, or it is where the next slice begins
 */
export function searchSlice(headerBytes: Uint8Array, hashesMax: number): Uint8Array {
  const header = headerFromBytes(headerBytes);
  const ext = header.ok ? powExtFromBytes(header.value.ext) : undefined;
  if (!header.ok || ext === undefined) throw new RangeError('a job is a header of this module');
  const bytes = headerBytes.slice();
  const from = offsetOf(bytes, header.value.ext);
  const extBytes = bytes.subarray(from, from + header.value.ext.length);
  const nonceBytes = extBytes.subarray(extBytes.length - NONCE_BYTES);
  const target = targetOf(ext.work);
  for (let tries = 0; tries < hashesMax && compareBytes(blockIdOfBytes(bytes), target) > 0; tries++) nonceBytes.set(uint64ToBytes(uint64FromBytes(nonceBytes, 0) + 1n));
  return extBytes.slice();
}

function offsetOf(bytes: Uint8Array, part: Uint8Array): number {
  let at = bytes.length - part.length;
  while (at > 0 && !equalBytes(bytes.subarray(at, at + part.length), part)) at--;
  return at;
}
