import { concatBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { Amount } from '@vsys/primitives';

/** What came out of contending for a seat. A lost contest stands in the block and costs its fee, so it is a result and no refusal. */
export interface ContendResult {
  /** `small`: below the least effective balance. `weak`: no more minting balance than the holder. */
  readonly outcome: 'won' | 'small' | 'weak';
  /** Minting balances that were compared; that of an empty seat is 0. */
  readonly own: Amount;
  readonly holders: Amount;
}

const outcomes = ['won', 'small', 'weak'] as const;

export function contendResultToBytes({ outcome, own, holders }: ContendResult): Uint8Array {
  return concatBytes(Uint8Array.of(outcomes.indexOf(outcome)), uint64ToBytes(own), uint64ToBytes(holders));
}

/** Of the result in a receipt; undefined when the bytes are no such result. */
export function contendResultFromBytes(bytes: Uint8Array): ContendResult | undefined {
  const outcome = bytes.length === 17 ? outcomes[bytes[0] as number] : undefined;
  return outcome === undefined ? undefined : { outcome, own: uint64FromBytes(bytes, 1), holders: uint64FromBytes(bytes, 9) };
}
