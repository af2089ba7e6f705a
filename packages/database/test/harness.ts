import { createGasMeter, createStateJournal, KeysNotLoaded, type StateJournal } from '@vsys/container';
import { applyWrites, rowsIn } from '@vsys/container/compliance';
import type { Verdict } from '@vsys/primitives';
import { toHex } from '@vsys/primitives';
import type { StateWrite } from '@vsys/state';
import { balanceKey, numberFromRecord, numberToRecord } from '@vsys/transaction';
import { createDatabaseContainer, databaseDefaults, type DatabaseParams, databaseParamsToBytes } from '../src/index.ts';
import type { DatabaseCall } from '../src/ops.ts';

export const ada: Uint8Array = new Uint8Array(20).fill(1);
export const bob: Uint8Array = new Uint8Array(20).fill(2);
export const eve: Uint8Array = new Uint8Array(20).fill(3);

export interface Bench {
  /** One transaction: all calls or none. The payer is the actor unless it is named. */
  run(calls: readonly DatabaseCall[], options?: { readonly actor?: Uint8Array; readonly payer?: Uint8Array; readonly height?: number; readonly gas?: bigint }): Verdict<void, string>;
  /** The end of a block; returns how often it had to begin again for keys. */
  end(height: number): number;
  balance(account: Uint8Array): bigint;
  readonly state: ReadonlyMap<string, Uint8Array>;
  /** By the last run, as a block would write it. */
  readonly written: readonly StateWrite[];
  /** Times that an operation had to begin again for keys, in the last run. */
  readonly misses: number;
  readonly gasUsed: bigint;
}

export interface BenchOptions {
  readonly params?: Partial<DatabaseParams>;
  readonly balances?: readonly (readonly [account: Uint8Array, units: bigint])[];
}

/** The executor in small: loads declared keys, begins again on a miss, and keeps or reverts as a whole. */
export function createBench({ params = {}, balances = [] }: BenchOptions = {}): Bench {
  const container = createDatabaseContainer();
  const state = new Map<string, Uint8Array>();
  for (const { key, value } of container.genesis?.(databaseParamsToBytes({ ...databaseDefaults, ...params })) ?? []) state.set(toHex(key), value);
  for (const [account, units] of balances) state.set(toHex(balanceKey(account)), numberToRecord(units) as Uint8Array);
  let misses = 0;
  let gasUsed = 0n;
  let transactions = 0;
  let written: readonly StateWrite[] = [];
  const blockAt = (height: number): Parameters<typeof container.touches>[2] => ({ chainId: new Uint8Array(32), height, timeMs: 1_000 * height, parent: new Uint8Array(32) });
  const load = (journal: StateJournal, keys: readonly Uint8Array[]): void => keys.forEach((key) => journal.load(key, state.get(toHex(key))));
  /** Runs to the end, and keeps what was written where it was accepted. */
  const attempt = (journal: StateJournal, work: () => Verdict<void, string>): Verdict<void, string> => {
    for (misses = 0; ; misses++) {
      try {
        const done = work();
        if (!done.ok) return done;
        journal.commit();
        written = journal.writes();
        applyWrites(state, written);
        return done;
      } catch (thrown) {
        if (!(thrown instanceof KeysNotLoaded)) throw thrown;
        journal.revert();
        load(journal, thrown.keys);
        if (thrown.range !== undefined) journal.loadRange(thrown.range, rowsIn(state, thrown.range));
      }
    }
  };
  return {
    state,
    get written() { return written; },
    get misses() { return misses; },
    get gasUsed() { return gasUsed; },
    balance: (account) => numberFromRecord(state.get(toHex(balanceKey(account)))),
    run(calls, { actor = ada, payer = actor, height = 1, gas: gasMax = 100_000_000n } = {}) {
      const journal = createStateJournal();
      const block = blockAt(height);
      const transactionId = new Uint8Array(32).fill(++transactions & 0xff);
      for (const { payload } of calls) load(journal, container.touches(payload, actor, block));
      return attempt(journal, () => {
        const gas = createGasMeter(gasMax);
        for (const [index, { payload }] of calls.entries()) {
          const done = container.execute(payload, { block, transactionId, index, count: calls.length, actor, payer, signers: [actor, payer], state: journal, gas });
          if (!done.ok) return done;
        }
        gasUsed = gas.used;
        return { ok: true, value: undefined };
      });
    },
    end(height) {
      const journal = createStateJournal();
      attempt(journal, () => {
        container.endBlock?.({ block: blockAt(height), balancesChanged: [], state: journal });
        return { ok: true, value: undefined };
      });
      return misses;
    },
  };
}
