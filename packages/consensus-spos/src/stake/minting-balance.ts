import type { Amount, Height } from '@vsys/primitives';
import type { StakeParams } from './stake-params.ts';

/**
 * What an account's minting average balance is counted from: its effective balance after the last block that changed it, and how long its coins
 * have been there. Integer arithmetic; the order of divisions is part of the protocol. docs/spec/consensus-spos-stake.md.
 */
export type Weight = LotsWeight | FaithfulWeight;

/** Coins by the part of the window in which they came: the last to come are the first to go. */
export interface LotsWeight {
  readonly profile: 'spos';
  readonly effective: Amount;
  /** Coins that have been there for a whole window. */
  readonly ripe: Amount;
  /** Oldest first, at most `LOTS_MAX`. */
  readonly lots: readonly Lot[];
}

export interface Lot {
  /** Number of the part of the window, counted from genesis. */
  readonly part: number;
  readonly amount: Amount;
  /** Sum over its coins of the blocks from the begin of the part until they came. */
  readonly late: bigint;
}

/** Deployed rule: one step from an older weight to the present balance, which begins anew with every change. */
export interface FaithfulWeight {
  readonly profile: 'v1-faithful';
  readonly effective: Amount;
  readonly height: Height;
  readonly weighted: Amount;
}

type Rule = Pick<StakeParams, 'profile' | 'window'>;

/** Parts of a window. More would make records longer, fewer would let dust delay more: it delays by one part at most. */
export const WINDOW_PARTS = 16;
/** Parts that a window can touch, the one it begins in and the present one included. */
export const LOTS_MAX = 18;

export function emptyWeight({ profile }: Rule, height: Height): Weight {
  return profile === 'spos' ? { profile, effective: 0n, ripe: 0n, lots: [] } : { profile, effective: 0n, height, weighted: 0n };
}

/**
 * Minting average balance at a height: never more than the effective balance is by then.
 *
 * @param effective - as it is now, which may differ from what the last block left
 * @param at - not below the height of the last change
 */
export function mintingBalance(rule: Rule, weight: Weight, effective: Amount, at: Height): Amount {
  if (weight.profile === 'v1-faithful') return faithfulBalance(rule.window, weight, effective, at);
  const window = BigInt(rule.window);
  const length = partLength(rule);
  const kept = effective < weight.effective ? takeNewest(weight, weight.effective - effective) : weight;
  let coinBlocks = kept.ripe * window;
  for (const { part, amount, late } of kept.lots) coinBlocks += least(amount * window, amount * BigInt(at - part * length) - late);
  return coinBlocks / window;
}

/** What a block leaves, when the effective balance after it is another. Once per block at most. */
export function weightAfter(rule: Rule, weight: Weight, effective: Amount, at: Height): Weight {
  if (weight.profile === 'v1-faithful') return { ...weight, effective, height: at, weighted: faithfulBalance(rule.window, weight, effective, at) };
  const grown = ripen(rule, weight, at);
  return effective < weight.effective ? takeNewest(grown, weight.effective - effective) : addNow(rule, grown, effective - weight.effective, at);
}

function faithfulBalance(window: number, { effective, height, weighted }: FaithfulWeight, now: Amount, at: Height): Amount {
  if (at === height) return least(weighted, now);
  const blocks = BigInt(Math.min(window, at - height));
  const n = BigInt(window);
  return least((effective / n) * blocks + (weighted / n) * (n - blocks), now);
}

function partLength({ window }: Rule): number {
  return Math.ceil(window / WINDOW_PARTS);
}

function ripen(rule: Rule, weight: LotsWeight, at: Height): LotsWeight {
  const length = partLength(rule);
  const isRipe = ({ part }: Lot): boolean => (part + 1) * length - 1 + rule.window <= at;
  const young = weight.lots.findIndex((lot) => !isRipe(lot));
  const count = young < 0 ? weight.lots.length : young;
  return { ...weight, ripe: weight.lots.slice(0, count).reduce((sum, { amount }) => sum + amount, weight.ripe), lots: weight.lots.slice(count) };
}

function addNow(rule: Rule, weight: LotsWeight, amount: Amount, at: Height): LotsWeight {
  if (amount === 0n) return weight;
  const length = partLength(rule);
  const part = Math.floor(at / length);
  const last = weight.lots.at(-1);
  const lots = last?.part === part ? weight.lots.slice(0, -1) : weight.lots;
  const before = last?.part === part ? last : { amount: 0n, late: 0n };
  return { ...weight, effective: weight.effective + amount, lots: [...lots, { part, amount: before.amount + amount, late: before.late + amount * BigInt(at - part * length) }] };
}

function takeNewest(weight: LotsWeight, amount: Amount): LotsWeight {
  const lots = [...weight.lots];
  let left = amount;
  for (let last = lots.pop(); last !== undefined; last = lots.pop()) {
    if (last.amount > left) {
      const stays = last.amount - left;
      // Rounded up: what is left counts no more than its share.
      lots.push({ part: last.part, amount: stays, late: (last.late * stays + last.amount - 1n) / last.amount });
      return { ...weight, effective: weight.effective - amount, lots };
    }
    left -= last.amount;
    if (left === 0n) break;
  }
  return { ...weight, effective: weight.effective - amount, ripe: weight.ripe - left, lots };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
