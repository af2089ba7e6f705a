/** Who holds how much of one document's deposit: docs/spec/database.md, "Deposits". */
import { type AccountId, equalBytes } from '@vsys/primitives';
import { databaseLimits } from './payload-checks.ts';

export interface DepositShare {
  readonly payer: AccountId;
  /** Units of the coin, above 0. */
  readonly units: bigint;
}

/** What an account pays into the deposits (above 0) or has back (below 0). */
export interface DepositMove {
  readonly account: AccountId;
  readonly units: bigint;
}

export interface SharesChange {
  readonly shares: readonly DepositShare[];
  readonly moves: readonly DepositMove[];
}

/**
 * A writer pays for what their change adds. What it takes away is given back to who paid last, then to who paid before: so nobody earns by deleting what others wrote, and who undoes a stranger's
 * addition gives the stranger their own.
 *
 * @param units - by which the deposit is to grow (above 0) or shrink; it does not shrink below nothing
 */
export function changeShares(shares: readonly DepositShare[], units: bigint, writer: AccountId): SharesChange {
  if (units > 0n) return grow(shares, units, writer);
  return units < 0n ? shrink(shares, -units) : { shares, moves: [] };
}

/** All of it goes back. */
export function endShares(shares: readonly DepositShare[]): readonly DepositMove[] {
  return shares.map(({ payer, units }) => ({ account: payer, units: -units }));
}

function grow(shares: readonly DepositShare[], units: bigint, writer: AccountId): SharesChange {
  const own = shares.findIndex(({ payer }) => equalBytes(payer, writer));
  const moves = [{ account: writer, units }];
  if (own >= 0) return { shares: shares.map((share, i) => (i === own ? { payer: writer, units: share.units + units } : share)), moves };
  if (shares.length < databaseLimits.depositSharesMax) return { shares: [...shares, { payer: writer, units }], moves };
  // No room for another: the newcomer takes over what the last one holds.
  const last = shares.at(-1) as DepositShare;
  return {
    shares: [...shares.slice(0, -1), { payer: writer, units: last.units + units }],
    moves: [{ account: writer, units: last.units + units }, { account: last.payer, units: -last.units }],
  };
}

function shrink(shares: readonly DepositShare[], units: bigint): SharesChange {
  const kept = [...shares];
  const moves: DepositMove[] = [];
  let left = units;
  for (let last = kept.at(-1); last !== undefined && left > 0n; last = kept.at(-1)) {
    const back = last.units < left ? last.units : left;
    moves.push({ account: last.payer, units: -back });
    left -= back;
    kept.pop();
    if (last.units > back) kept.push({ payer: last.payer, units: last.units - back });
  }
  return { shares: kept, moves };
}
