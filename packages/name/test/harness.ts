import { createGasMeter, createStateJournal, KeysNotLoaded } from '@vsys/container';
import type { AccountId, Verdict } from '@vsys/primitives';
import { toHex } from '@vsys/primitives';
import { balanceKey, numberFromRecord, numberToRecord } from '@vsys/transaction';
import { createNameContainer } from '../src/index.ts';
import { nameFromRecord, nameKey, nameParamsToBytes, type NameParams, type NameRecord } from '../src/layout.ts';
import type { NameCall } from '../src/ops.ts';

export const account = (n: number): AccountId => new Uint8Array(20).fill(n);
export const salt = (n: number): Uint8Array => new Uint8Array(16).fill(n);

/** Short enough to live through. */
export const quick: NameParams = {
  reserveMin: 4, reserveMax: 20, contest: 4, term: 100, grace: 10, redemption: 10, auction: 10, price: 10n, redemptionFactor: 3, auctionFactor: 11, reserved: ['bank', 'vsys'],
};

export interface Bench {
  height: number;
  run(call: NameCall, actor: AccountId): Verdict<Uint8Array, string>;
  /** Ends the blocks up to this height, which then is the next one. */
  to(height: number): void;
  name(name: string): NameRecord | undefined;
  balance(of: AccountId): bigint;
  readonly state: Map<string, Uint8Array>;
  /** The state now; `back` puts it there again, as a reorganisation does. */
  mark(): { back(): void };
}

export const RICH = 1_000_000n;

export function createBench(params: NameParams = quick, rich: readonly AccountId[] = [1, 2, 3].map(account)): Bench {
  const container = createNameContainer();
  const state = new Map<string, Uint8Array>();
  for (const { key, value } of container.genesis?.(nameParamsToBytes(params)) ?? []) state.set(toHex(key), value);
  for (const one of rich) state.set(toHex(balanceKey(one)), numberToRecord(RICH) as Uint8Array);
  const blockAt = (height: number): { chainId: Uint8Array; height: number; timeMs: number; parent: Uint8Array } => ({ chainId: new Uint8Array(32), height, timeMs: 1_000 * height, parent: new Uint8Array(32) });
  const attempt = (work: (journal: ReturnType<typeof createStateJournal>) => Verdict<Uint8Array, string>): Verdict<Uint8Array, string> => {
    const journal = createStateJournal();
    for (;;) {
      try {
        const done = work(journal);
        if (!done.ok) return done;
        journal.commit();
        for (const { key, value } of journal.writes()) {
          if (value === undefined) state.delete(toHex(key));
          else state.set(toHex(key), value);
        }
        return done;
      } catch (thrown) {
        if (!(thrown instanceof KeysNotLoaded)) throw thrown;
        journal.revert();
        for (const key of thrown.keys) journal.load(key, state.get(toHex(key)));
      }
    }
  };
  const bench: Bench = {
    height: 1,
    state,
    run: ({ payload }, actor) => attempt((journal) => container.execute(payload, { block: blockAt(bench.height), transactionId: new Uint8Array(32), index: 0, count: 1, actor, payer: actor, signers: [actor], state: journal, gas: createGasMeter(1_000_000n) })),
    to(height) {
      for (; bench.height < height; bench.height++) {
        attempt((journal) => {
          container.endBlock?.({ block: blockAt(bench.height), balancesChanged: [], state: journal });
          return { ok: true, value: new Uint8Array() };
        });
      }
    },
    name(name) {
      const record = state.get(toHex(nameKey(name)));
      return record === undefined ? undefined : nameFromRecord(record);
    },
    balance: (of) => numberFromRecord(state.get(toHex(balanceKey(of)))),
    mark() {
      const [kept, height] = [new Map(state), bench.height];
      return {
        back() {
          state.clear();
          for (const [key, value] of kept) state.set(key, value);
          bench.height = height;
        },
      };
    },
  };
  return bench;
}

