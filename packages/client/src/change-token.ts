import type { BlockRefJson } from '@vsys/rpc';
import { clientFailure } from './client-failure.ts';

/** A place in the changes of a collection: a block, and the last document of it that was told of. */
export interface ChangePlace {
  readonly block: BlockRefJson;
  /** In the order in which the block's operations name documents; -1: none of it yet. */
  readonly index: number;
}

/** All documents of a block. */
export const WHOLE_BLOCK: number = Number.MAX_SAFE_INTEGER;

export function tokenOf({ block: { height, id }, index }: ChangePlace): string {
  return `${height}.${id}.${index === WHOLE_BLOCK ? 'end' : index}`;
}

/** @throws ClientError CLIENT_CURSOR */
export function placeOfToken(token: string): ChangePlace {
  const [, height, id, index] = /^(\d{1,15})\.([0-9a-f]{64})\.(end|-1|\d{1,9})$/.exec(token) ?? [];
  if (height === undefined || id === undefined) throw clientFailure('CLIENT_CURSOR', 'resumeAfter is the token of a change, or of a stream');
  return { block: { height: Number(height), id }, index: index === 'end' ? WHOLE_BLOCK : Number(index) };
}
