import type { Header } from '@vsys/data-format';
import type { TreeEntry } from '@vsys/block-tree';

/** An id that is a number, so that tests read well. */
export function idOf(number: number): Uint8Array {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(28, number);
  return id;
}

export function numberOf(id: Uint8Array): number {
  return new DataView(id.buffer, id.byteOffset).getUint32(28);
}

const ZERO = new Uint8Array(32);

export function headerOf(parent: number, height: number, timeMs: number = height * 1000): Header {
  return {
    version: 1, chainId: ZERO, height, parent: idOf(parent), timeMs, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO,
    nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(0),
  };
}

export function entryOf(id: number, parent: number, height: number, rank: readonly bigint[] | null = [BigInt(height)], more: Partial<TreeEntry> & { timeMs?: number } = {}): TreeEntry {
  const { timeMs, ...rest } = more;
  return { id: idOf(id), header: headerOf(parent, height, timeMs), seal: new Uint8Array(0), rank, context: new Uint8Array(0), ...rest };
}
