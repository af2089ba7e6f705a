import { createGasMeter, createStateJournal, KeysNotLoaded } from '@vsys/container';
import type { AccountId, Verdict } from '@vsys/primitives';
import { toHex } from '@vsys/primitives';
import { createIdentityContainer } from '../src/index.ts';
import { type IdentityId, identityFromRecord, identityKey, type IdentityRecord } from '../src/layout.ts';
import type { IdentityCall } from '../src/ops.ts';

export const account = (n: number): AccountId => new Uint8Array(20).fill(n);

export interface Bench {
  /** One operation in a transaction of its own. Signed by the accounts; acted by the call's actor, else by the first of them. */
  run(call: IdentityCall, signers: readonly AccountId[], height?: number): Verdict<Uint8Array, string>;
  /** What the chain answers to an operation of another container by this actor. */
  may(actor: IdentityId, container: string, action: string, signers: readonly AccountId[]): string;
  identity(id: IdentityId): IdentityRecord | undefined;
  readonly state: ReadonlyMap<string, Uint8Array>;
  readonly gasUsed: bigint;
}

/** The executor in small: asks the authority, loads what is missing, and keeps nothing of a refusal. */
export function createBench(): Bench {
  const container = createIdentityContainer();
  const state = new Map<string, Uint8Array>();
  let transactions = 0;
  let gasUsed = 0n;
  const attempt = (signers: readonly AccountId[], actor: AccountId, height: number, what: { readonly container: string; readonly action: string; readonly payload?: Uint8Array }): Verdict<Uint8Array, string> => {
    const journal = createStateJournal();
    const block = { chainId: new Uint8Array(32), height, timeMs: 1_000 * height, parent: new Uint8Array(32) };
    const transactionId = new Uint8Array(32).fill(++transactions);
    for (;;) {
      const gas = createGasMeter(100_000_000n);
      try {
        if (!signers.some((signer) => toHex(signer) === toHex(actor))) {
          const may = container.authority?.mayAct({ actor, signers, block, ...what, state: journal, gas });
          if (may?.ok !== true) return may as Verdict<never, string>;
        }
        if (what.payload === undefined) return { ok: true, value: new Uint8Array() };
        const done = container.execute(what.payload, { block, transactionId, index: 0, count: 1, actor, payer: signers[0] as AccountId, signers, state: journal, gas });
        gasUsed = gas.used;
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
  return {
    state,
    get gasUsed() { return gasUsed; },
    run: ({ payload, actor }, signers, height = 1) => attempt(signers, actor ?? (signers[0] as AccountId), height, { container: container.name, action: container.actionOf?.(payload) ?? '', payload }),
    may(actor, name, action, signers) {
      const verdict = attempt(signers, actor, 1, { container: name, action });
      return verdict.ok ? 'ok' : verdict.code;
    },
    identity(id) {
      const record = state.get(toHex(identityKey(id)));
      return record === undefined ? undefined : identityFromRecord(record);
    },
  };
}

/** The id that an operation answered. */
export function idOf(verdict: Verdict<Uint8Array, string>): IdentityId {
  if (!verdict.ok) throw new RangeError(verdict.code);
  return verdict.value;
}
