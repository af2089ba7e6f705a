import { concatBytes, utf8ToBytes } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';

const TAG = utf8ToBytes('vsys seal 1');

/** What a seal signs: a tag, so that it can never be read as a signature of something else, then the block id, which names the chain. */
export function sealMessage(id: BlockId): Uint8Array {
  return concatBytes(TAG, id);
}
