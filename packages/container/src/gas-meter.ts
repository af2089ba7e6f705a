import type { GasMeter } from './container.ts';

/** Thrown through a container when the transaction's gas is spent. Only the executor catches it. */
export class OutOfGas {
  readonly kind = 'out-of-gas';
}

/**
 * @param limit - units that may be charged in all
 * @param spent - of them, before
 */
export function createGasMeter(limit: bigint, spent = 0n): GasMeter {
  let used = spent;
  return {
    get used() {
      return used;
    },
    charge(units) {
      // Spent to the limit, never past it: what was charged is what the receipt shows.
      if (used + units > limit) {
        used = limit;
        throw new OutOfGas();
      }
      used += units;
    },
  };
}
