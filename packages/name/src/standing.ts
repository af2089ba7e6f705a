import type { NameRecord } from './layout.ts';
import { priceFactor } from './name-form.ts';
import type { NameParams } from './name-params.ts';

/**
 * Where a name is in its life: `contested` right after the reveal, `held`, then `grace` (it still leads where it did), `redemption`, `auction`, and
 * `free`, as one that nobody ever had.
 */
export type Standing = 'contested' | 'held' | 'grace' | 'redemption' | 'auction' | 'free';

/** At a height, whose block is about to be or was made. */
export function standingOf(record: NameRecord | undefined, params: NameParams, height: number): Standing {
  if (record === undefined) return 'free';
  if (height <= record.contestUntil) return 'contested';
  if (height < record.expires) return 'held';
  const over = height - record.expires;
  if (over < params.grace) return 'grace';
  if (over < params.grace + params.redemption) return 'redemption';
  return over < params.grace + params.redemption + params.auction ? 'auction' : 'free';
}

export function termPrice(name: string, { price }: NameParams): bigint {
  return price * priceFactor(name);
}

/** Falls in a straight line with each block, from `auctionFactor` times the price of a term to once; rounded up. */
export function auctionPrice(name: string, { expires }: NameRecord, params: NameParams, height: number): bigint {
  const left = BigInt(expires + params.grace + params.redemption + params.auction - height);
  const base = termPrice(name, params);
  const above = base * BigInt(params.auctionFactor - 1);
  return base + (above * left + BigInt(params.auction) - 1n) / BigInt(params.auction);
}
