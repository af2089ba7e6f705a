/**
 * What is hashed for each node. Only an inner node's preimage is 64 bytes long (left ‖ right), so one kind of node can never be
 * read as another: an edge hashed as `H(inner ‖ H(bits))` could be presented as an inner node, which moves a subtree.
 */
import { STATE_KEY_BYTES_MAX } from './limits.ts';

const LEAF_TAG = 0x00;
const EDGE_TAG = 0x02;
const INNER_PREIMAGE_BYTES = 64;

/** 0x00 ‖ key length (2 bytes) ‖ key ‖ sha256(value), and one 0x00 more where that would be 64 bytes. Holds until the next preimage is asked for. */
export function leafPreimage(key: Uint8Array, valueHash: Uint8Array): Uint8Array {
  const preimage = sized(35 + key.length);
  preimage[0] = LEAF_TAG;
  preimage[1] = key.length >> 8;
  preimage[2] = key.length & 0xff;
  preimage.set(key, 3);
  preimage.set(valueHash, 3 + key.length);
  return preimage;
}

/** 0x02 ‖ number of bits (2 bytes) ‖ bits, padded with zeros to whole bytes ‖ inner hash, and one 0x00 more where that would be 64 bytes. Holds until the next preimage is asked for. */
export function edgePreimage(bits: Uint8Array, bitLength: number, innerHash: Uint8Array): Uint8Array {
  const preimage = sized(35 + bits.length);
  preimage[0] = EDGE_TAG;
  preimage[1] = bitLength >> 8;
  preimage[2] = bitLength & 0xff;
  preimage.set(bits, 3);
  preimage.set(innerHash, 3 + bits.length);
  return preimage;
}

/** One after the other is hashed, and none is kept: memory for each would cost as much as its hash. */
const scratch = new Uint8Array(4 * STATE_KEY_BYTES_MAX);

function sized(bytes: number): Uint8Array {
  // Only a proof that nobody made can have one as long.
  if (bytes > scratch.length) return new Uint8Array(bytes);
  if (bytes !== INNER_PREIMAGE_BYTES) return scratch.subarray(0, bytes);
  scratch[bytes] = 0;
  return scratch.subarray(0, bytes + 1);
}
