import { createGasMeter, createStateJournal, KeysNotLoaded } from '@vsys/container';
import { applyWrites } from '@vsys/container/compliance';
import type { Verdict } from '@vsys/primitives';
import { toHex } from '@vsys/primitives';
import { createDatabaseContainer } from '../src/index.ts';
import type { StateWrite } from '@vsys/state';
import type { DatabaseCall } from '../src/ops.ts';

export const ada: Uint8Array = new Uint8Array(20).fill(1);
export const bob: Uint8Array = new Uint8Array(20).fill(2);

export interface Bench {
  /** One transaction: all calls or none. */
  run(calls: readonly DatabaseCall[], options?: { readonly actor?: Uint8Array; readonly height?: number; readonly gas?: bigint }): Verdict<void, string>;
  readonly state: ReadonlyMap<string, Uint8Array>;
  /** By the last run, as a block would write it. */
  readonly written: readonly StateWrite[];
  /** Times that an operation had to begin again for keys, in the last run. */
  readonly misses: number;
  readonly gasUsed: bigint;
}

/** The executor in small: loads declared keys, begins again on a miss, and keeps or reverts as a whole. */
export function createBench(): Bench {
  const container = createDatabaseContainer();
  const state = new Map<string, Uint8Array>();
  let misses = 0;
  let written: readonly StateWrite[] = [];
  let gasUsed = 0n;
  return {
    state,
    get written() { return written; },
    get misses() { return misses; },
    get gasUsed() { return gasUsed; },
    run(calls, { actor = ada, height = 1, gas: gasMax = 100_000_000n } = {}) {
      const journal = createStateJournal();
      const block = { chainId: new Uint8Array(32), height, timeMs: 1_000 * height, parent: new Uint8Array(32) };
      const load = (keys: readonly Uint8Array[]): void => keys.forEach((key) => journal.load(key, state.get(toHex(key))));
      for (const { payload } of calls) load(container.touches(payload, actor, block));
      for (misses = 0; ; misses++) {
        const gas = createGasMeter(gasMax);
        try {
          for (const [index, { payload }] of calls.entries()) {
            const done = container.execute(payload, { block, transactionId: new Uint8Array(32), index, count: calls.length, actor, payer: actor, signers: [actor], state: journal, gas });
            if (!done.ok) return done;
          }
          gasUsed = gas.used;
          journal.commit();
          written = journal.writes();
          applyWrites(state, written);
          return { ok: true, value: undefined };
        } catch (thrown) {
          if (!(thrown instanceof KeysNotLoaded)) throw thrown;
          journal.revert();
          load(thrown.keys);
        }
      }
    },
  };
}
