import { type ContainerBench, createContainerBench } from '@vsys/container/compliance';
import type { AccountId } from '@vsys/primitives';
import { balanceKey, numberFromRecord, numberToRecord } from '@vsys/transaction';
import { createNameContainer } from '../src/index.ts';
import { nameFromRecord, nameKey, nameParamsToBytes, type NameParams, type NameRecord } from '../src/layout.ts';

export const account = (n: number): AccountId => new Uint8Array(20).fill(n);
export const salt = (n: number): Uint8Array => new Uint8Array(16).fill(n);

/** Short enough to live through. */
export const quick: NameParams = {
  reserveMin: 4, reserveMax: 20, contest: 4, term: 100, grace: 10, redemption: 10, auction: 10, price: 10n, redemptionFactor: 3, auctionFactor: 11, reserved: ['bank', 'vsys'],
};

export interface Bench extends ContainerBench {
  name(name: string): NameRecord | undefined;
  balance(of: AccountId): bigint;
  /** The state now; `back` puts it there again, as a reorganisation does. */
  mark(): { back(): void };
}

export const RICH = 1_000_000n;

export function createBench(): Bench {
  const bench = createContainerBench(createNameContainer(), {
    params: nameParamsToBytes(quick), before: [1, 2, 3].map((n) => ({ key: balanceKey(account(n)), value: numberToRecord(RICH) as Uint8Array })),
  });
  return Object.assign(bench, {
    name(name: string): NameRecord | undefined {
      const record = bench.get(nameKey(name));
      return record === undefined ? undefined : nameFromRecord(record);
    },
    balance: (of: AccountId): bigint => numberFromRecord(bench.get(balanceKey(of))),
    mark() {
      const [kept, height] = [new Map(bench.state), bench.height];
      return {
        back() {
          bench.state.clear();
          for (const [key, value] of kept) bench.state.set(key, value);
          bench.height = height;
        },
      };
    },
  });
}
