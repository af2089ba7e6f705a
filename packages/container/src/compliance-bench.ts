import { type AccountId, compareBytes, fromHex, toHex } from '@vsys/primitives';
import { ComplianceError } from '@vsys/primitives/compliance';
import type { StateWrite } from '@vsys/state';
import type { BlockContext, BlockEnd, Container, KeyRange } from './container.ts';
import { createGasMeter, OutOfGas } from './gas-meter.ts';
import { createStateJournal, KeysNotLoaded } from './state-journal.ts';

/** A container, and a story that shows what it does. */
export interface ContainerSubject {
  readonly container: Container;
  /** Calls in order, from genesis on. At least one must come out well; the more refusals, the better. */
  readonly story: readonly ContainerCall[];
  /** Payloads that `check` must refuse. */
  readonly malformed: readonly Uint8Array[];
  /** Parameters of genesis. Default none. */
  readonly params?: Uint8Array;
  /** What stands in the state before the story, beside what genesis writes. */
  readonly before?: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
}

export interface ContainerCall {
  readonly payload: Uint8Array;
  readonly actor: AccountId;
  /** `ok`, or the code of its refusal. */
  readonly becomes: string;
}

export type Law = readonly [name: string, run: (create: () => ContainerSubject) => void | Promise<void>];

/** State by keys in hexadecimal. */
export type BenchState = Map<string, Uint8Array>;

export interface Outcome {
  /** `ok`, the code of a refusal, or `out of gas`. */
  readonly becomes: string;
  readonly message: string;
  readonly result: Uint8Array;
  readonly gas: bigint;
  /** In order of their keys. Of a refusal: none, as the executor undoes them. */
  readonly writes: readonly StateWrite[];
  /** Times that the operation began again for keys that were not loaded. */
  readonly interrupts: number;
  /** Keys that it asked for. */
  readonly keys: readonly Uint8Array[];
}

export interface RunOptions {
  /** Keys loaded before it runs. Default: those that `touches` names. */
  readonly loaded?: readonly Uint8Array[];
  readonly gasMax?: bigint;
}

/** Interrupts of one operation before the executor gives a transaction up. */
const INTERRUPTS_MAX = 256;
const GAS_MAX = 1_000_000_000n;

export function blockAt(height: number): BlockContext {
  return { chainId: new Uint8Array(32).fill(1), height, timeMs: 1_000 * height, parent: new Uint8Array(32).fill(2) };
}

/** The executor in small: loads, runs, begins again on a miss, and keeps nothing of a refusal. */
export function runCall(container: Container, state: BenchState, { payload, actor }: Pick<ContainerCall, 'payload' | 'actor'>, height: number, options: RunOptions = {}): Outcome {
  const block = blockAt(height);
  const journal = createStateJournal();
  const asked = new Map<string, Uint8Array>();
  const load = (keys: readonly Uint8Array[]): void => keys.forEach((key) => {
    asked.set(toHex(key), key);
    journal.load(key, state.get(toHex(key)));
  });
  load(options.loaded ?? container.touches(payload, actor, block));
  for (let interrupts = 0; interrupts <= INTERRUPTS_MAX; interrupts++) {
    const gas = createGasMeter(options.gasMax ?? GAS_MAX);
    const end = (becomes: string, message: string, result: Uint8Array, writes: readonly StateWrite[]): Outcome => ({ becomes, message, result, gas: gas.used, writes, interrupts, keys: [...asked.values()] });
    try {
      const done = container.execute(payload, { block, transactionId: new Uint8Array(32).fill(3), index: 0, count: 1, actor, payer: actor, signers: [actor], state: journal, gas });
      if (!done.ok) return end(done.code, done.message, new Uint8Array(), []);
      journal.commit();
      return end('ok', '', done.value, journal.writes().sort((a, b) => compareBytes(a.key, b.key)));
    } catch (thrown) {
      if (thrown instanceof OutOfGas) return end('out of gas', '', new Uint8Array(), []);
      if (!(thrown instanceof KeysNotLoaded)) throw new ComplianceError('COMPLIANCE_FAILED', `execute threw ${String(thrown)} at ${toHex(payload)}`, { cause: thrown });
      journal.revert();
      load(thrown.keys);
    }
  }
  throw new ComplianceError('COMPLIANCE_FAILED', `execute asked for keys more than ${INTERRUPTS_MAX} times at ${toHex(payload)}`);
}

/** The state that genesis leaves. */
export function stateAtGenesis({ container, params, before = [] }: ContainerSubject): BenchState {
  return new Map([...(container.genesis?.(params ?? new Uint8Array()) ?? []), ...before].map(({ key, value }) => [toHex(key), value]));
}

/** The end of a block in which one account acted, made the block, and has another balance. */
export function endAfter(actor: AccountId): Pick<BlockEnd, 'author' | 'balancesChanged'> {
  return { author: actor, balancesChanged: [actor] };
}

/** The executor's end of a block in small. Undefined: the container ends none. */
export function runEnd({ endBlock }: Container, state: BenchState, end: Pick<BlockEnd, 'author' | 'balancesChanged'>, height: number, loaded: readonly Uint8Array[] = []): Pick<Outcome, 'writes' | 'interrupts'> | undefined {
  if (endBlock === undefined) return undefined;
  const journal = createStateJournal();
  const load = (keys: readonly Uint8Array[]): void => keys.forEach((key) => journal.load(key, state.get(toHex(key))));
  load(loaded);
  for (let interrupts = 0; interrupts <= INTERRUPTS_MAX; interrupts++) {
    try {
      endBlock({ block: blockAt(height), ...end, state: journal });
      journal.commit();
      return { writes: journal.writes().sort((a, b) => compareBytes(a.key, b.key)), interrupts };
    } catch (thrown) {
      if (!(thrown instanceof KeysNotLoaded)) throw new ComplianceError('COMPLIANCE_FAILED', `the end of block ${height} threw ${String(thrown)}`, { cause: thrown });
      journal.revert();
      load(thrown.keys);
      if (thrown.range !== undefined) journal.loadRange(thrown.range, rowsIn(state, thrown.range));
    }
  }
  throw new ComplianceError('COMPLIANCE_FAILED', `the end of block ${height} asked for keys more than ${INTERRUPTS_MAX} times`);
}

/** What a state holds in a range: as many rows as the limit, in order. */
export function rowsIn(state: ReadonlyMap<string, Uint8Array>, { from, to, limit }: KeyRange): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  const [first, end] = [toHex(from), toHex(to)];
  const names = [...state.keys()].filter((name) => name >= first && name < end).toSorted().slice(0, limit);
  return names.map((name) => ({ key: fromHex(name), value: state.get(name) as Uint8Array }));
}

/** Tells a story, one block for each call: calls `visit` with the state before each call, then lets it happen. Returns the state at the end. */
export function tell(subject: ContainerSubject, visit: (call: ContainerCall, state: BenchState, height: number) => void): BenchState {
  const state = stateAtGenesis(subject);
  for (const [i, call] of subject.story.entries()) {
    visit(call, state, i + 1);
    apply(state, runCall(subject.container, state, call, i + 1).writes);
    apply(state, runEnd(subject.container, state, endAfter(call.actor), i + 1)?.writes ?? []);
  }
  return state;
}

/** Does the writes of a journal: prefixes that were dropped come first there. */
export function apply(state: BenchState, writes: readonly StateWrite[]): void {
  for (const { key, value, below } of writes) {
    if (below === true) {
      for (const name of state.keys()) if (name.startsWith(toHex(key))) state.delete(name);
    } else if (value === undefined) state.delete(toHex(key));
    else state.set(toHex(key), value);
  }
}

/** All that an outcome says to the chain, as one text. */
export function outcomeText({ becomes, result, gas, writes }: Outcome): string {
  return [becomes, toHex(result), `${gas} gas`, ...writes.map(writeText)].join(' ');
}

export function writeText({ key, value, below }: StateWrite): string {
  return below === true ? `all below ${toHex(key)} deleted` : `${toHex(key)}=${value === undefined ? 'deleted' : toHex(value)}`;
}
