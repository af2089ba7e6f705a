import type { AccountId } from '@vsys/primitives';
import { equalBytes } from '@vsys/primitives';

/** A block as the deployed network looks at its time: nanoseconds since 1970, and who signed. */
export interface V1Block {
  readonly mintTimeNs: bigint;
  readonly generator: AccountId;
}

/**
 * Rule of the deployed network for the time of a block, for comparison only: later than its parent by a nanosecond or more, in a second that belongs to the
 * signer. So the owner of a second may put any number of blocks into it, each with its reward and its weight; `spos@1` takes one block per slot instead.
 *
 * @param holderOf - of the slots of a minute, from 0 to 59
 */
export function isTimeOfV1(parent: V1Block, child: V1Block, holderOf: (slot: number) => AccountId | undefined): boolean {
  const holder = holderOf(Number((child.mintTimeNs / 1_000_000_000n) % 60n));
  return child.mintTimeNs > parent.mintTimeNs && holder !== undefined && equalBytes(holder, child.generator);
}
