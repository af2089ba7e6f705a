import { type AccountId, invariant, toHex, type Verdict } from '@vsys/primitives';
import { apply, type BenchState, blockAt, rowsIn } from './compliance-bench.ts';
import type { Container } from './container.ts';
import { createGasMeter } from './gas-meter.ts';
import { hasSigned } from './has-signed.ts';
import { createStateJournal, KeysNotLoaded, type StateJournal } from './state-journal.ts';

/** One operation, as the builders of a container make it. */
export interface BenchCall {
  readonly payload: Uint8Array;
  readonly actor?: AccountId;
}

/** A chain of one container, for its tests: each operation is a transaction of its own. */
export interface ContainerBench {
  /** Height of the next operation. From 1. */
  height: number;
  /** Signed by the accounts; acted by the call's actor, else by the first of them. One who did not sign is put to the container's own authority. */
  run(call: BenchCall, ...signers: [AccountId, ...AccountId[]]): Verdict<Uint8Array, string>;
  /** What the authority answers to an operation of this or another container: `ok`, or a code. */
  may(actor: AccountId, container: string, action: string, ...signers: AccountId[]): string;
  /** Ends the blocks up to this height, which is the next one then. */
  to(height: number): void;
  get(key: Uint8Array): Uint8Array | undefined;
  /** State by keys in hexadecimal. */
  readonly state: BenchState;
  /** By the last operation. */
  readonly gasUsed: bigint;
  /** Id of the transaction that the last operation was in. */
  readonly transactionId: Uint8Array;
}

export interface ContainerBenchOptions {
  readonly params?: Uint8Array;
  /** Stands in the state beside what genesis writes. */
  readonly before?: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
}

const GAS_MAX = 1_000_000_000n;

/** The executor in small: asks the authority, loads what is missing, and keeps nothing of a refusal. */
export function createContainerBench(container: Container, { params = new Uint8Array(), before = [] }: ContainerBenchOptions = {}): ContainerBench {
  const state: BenchState = new Map([...(container.genesis?.(params) ?? []), ...before].map(({ key, value }) => [toHex(key), value]));
  let transactionId = new Uint8Array(32);
  let gasUsed = 0n;

  const attempt = (work: (journal: StateJournal) => Verdict<Uint8Array, string>): Verdict<Uint8Array, string> => {
    const journal = createStateJournal();
    for (;;) {
      try {
        const done = work(journal);
        if (!done.ok) return done;
        journal.commit();
        apply(state, journal.writes());
        return done;
      } catch (thrown) {
        if (!(thrown instanceof KeysNotLoaded)) throw thrown;
        journal.revert();
        for (const key of thrown.keys) journal.load(key, state.get(toHex(key)));
        if (thrown.range !== undefined) journal.loadRange(thrown.range, rowsIn(state, thrown.range));
      }
    }
  };

  const judge = (journal: StateJournal, actor: AccountId, what: { readonly container: string; readonly action: string }, signers: readonly AccountId[]): Verdict<void, string> => {
    if (hasSigned(actor, signers)) return { ok: true, value: undefined };
    invariant(container.authority !== undefined, 'a container without an authority has actors that signed');
    return container.authority.mayAct({ ...what, actor, signers, block: blockAt(bench.height), state: journal, gas: createGasMeter(GAS_MAX) });
  };

  const bench: ContainerBench = {
    height: 1,
    state,
    get gasUsed() { return gasUsed; },
    get transactionId() { return transactionId; },
    get: (key) => state.get(toHex(key)),
    run({ payload, actor: acting }, ...signers) {
      const actor = acting ?? signers[0];
      transactionId = transactionId.slice();
      new DataView(transactionId.buffer).setUint32(0, new DataView(transactionId.buffer).getUint32(0) + 1);
      const checked = container.check(payload);
      if (!checked.ok) return checked;
      return attempt((journal) => {
        const may = judge(journal, actor, { container: container.name, action: container.actionOf?.(payload) ?? '' }, signers);
        if (!may.ok) return may;
        const gas = createGasMeter(GAS_MAX);
        const done = container.execute(payload, { block: blockAt(bench.height), transactionId, index: 0, count: 1, actor, payer: signers[0], signers, state: journal, gas });
        gasUsed = gas.used;
        return done;
      });
    },
    may(actor, name, action, ...signers) {
      const verdict = attempt((journal) => {
        const may = judge(journal, actor, { container: name, action }, signers);
        return may.ok ? { ok: true, value: new Uint8Array() } : may;
      });
      return verdict.ok ? 'ok' : verdict.code;
    },
    to(height) {
      for (; bench.height < height; bench.height++) {
        attempt((journal) => {
          container.endBlock?.({ block: blockAt(bench.height), balancesChanged: [], state: journal });
          return { ok: true, value: new Uint8Array() };
        });
      }
    },
  };
  return bench;
}
