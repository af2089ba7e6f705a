/** How answers tell what they are worth. */
import type { BlockRefJson } from '@vsys/rpc';

/** Block of an answer that was checked in this client. */
export function provenAt({ height, id }: BlockRefJson, proofBytes?: number): string {
  return `proven at block ${height} (${id.slice(0, 16)}…)${proofBytes === undefined ? '' : ` by ${proofBytes} bytes`}`;
}

/** Block of an answer that is the node's word. */
export function claimedAt({ height, id }: BlockRefJson, url: string): string {
  return `claimed by ${url} at block ${height} (${id.slice(0, 16)}…), not checked`;
}

export function plural(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count} ${BigInt(count) === 1n ? one : many}`;
}
