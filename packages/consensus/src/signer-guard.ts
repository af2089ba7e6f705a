import { accept, CodedError, refuse, toHex, concatBytes, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import type { Guard } from './engine.ts';
import type { PublicKeyOf } from './rules.ts';

/** Thrown when the marks of a key are not what this guard writes. */
export class GuardError extends CodedError<'GUARD_MARKS'> {}

export type GuardCode = 'GUARD_BLOCK' | 'GUARD_TARGET' | 'GUARD_SOURCE' | 'GUARD_ORDER' | 'GUARD_ROUND' | 'GUARD_STORE';

/** Where the guard keeps its few numbers per key. `save` resolves when they are durable. */
export interface GuardStore {
  load(name: string): Promise<Uint8Array | undefined>;
  save(name: string, bytes: Uint8Array): Promise<void>;
}

export interface SignerGuard {
  /**
   * Reads the marks of these keys, so that what cannot be read stops a node at its start and not in its first slot.
   *
   * @throws what the store throws; GuardError `GUARD_MARKS`
   */
  open(keys: readonly PublicKeyOf[]): Promise<void>;
  /**
   * Allows one signature, and remembers it before it allows. The same bytes may not be signed twice either: a crash between the two
   * costs a slot, never an equivocation.
   */
  allow(key: PublicKeyOf, guard: Guard): Promise<Verdict<void, GuardCode>>;
  /** Raises the marks of a key, such as after moving it from another machine. Marks never fall. */
  raise(key: PublicKeyOf, marks: { readonly slot?: bigint; readonly source?: bigint; readonly target?: bigint }): Promise<void>;
}

interface Marks {
  readonly slot: bigint | undefined;
  readonly source: bigint | undefined;
  readonly target: bigint | undefined;
  readonly round: Round | undefined;
}

type Round = Omit<Extract<Guard, { kind: 'round' }>, 'kind'>;

/**
 * The one place that decides whether a key may sign, for every consensus module: slots of blocks grow, targets of votes grow, sources
 * never fall, and height, round and step together grow. This refuses double blocks, double votes and surrounding votes with a few numbers per key.
 * Judged by the EIP-3076 cases.
 */
export function createSignerGuard(store: GuardStore): SignerGuard {
  const known = new Map<string, Marks>();
  let queue: Promise<unknown> = Promise.resolve();

  const load = async (name: string): Promise<Marks> => {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const bytes = await store.load(name);
    return bytes === undefined ? noMarks : marksFromBytes(bytes);
  };

  const nameOf = (key: PublicKeyOf): string => `${key.scheme}:${toHex(key.bytes)}`;

  const update = <T>(key: PublicKeyOf, decide: (marks: Marks) => { readonly next?: Marks; readonly result: T }): Promise<T> => {
    const task = queue.then(async () => {
      const name = nameOf(key);
      const { next, result } = decide(await load(name));
      if (next !== undefined) {
        // Marks enter memory only after they are durable: a failed save refuses this signature and does not block the next.
        await store.save(name, marksToBytes(next));
        known.set(name, next);
      }
      return result;
    });
    queue = task.catch(() => undefined);
    return task;
  };

  return {
    async open(keys) {
      for (const key of keys) await load(nameOf(key));
    },
    allow: async (key, guard) => {
      try {
        return await update(key, (marks) => decideGuard(marks, guard));
      } catch {
        return refuse('GUARD_STORE', 'the signer guard could not make its marks durable');
      }
    },
    raise: (key, marks) =>
      update(key, (old) => ({
        next: { ...old, slot: larger(old.slot, marks.slot), source: larger(old.source, marks.source), target: larger(old.target, marks.target) },
        result: undefined,
      })),
  };
}

function decideGuard(marks: Marks, guard: Guard): { readonly next?: Marks; readonly result: Verdict<void, GuardCode> } {
  if (guard.kind === 'block') {
    if (marks.slot !== undefined && guard.slot <= marks.slot) {
      return { result: refuse('GUARD_BLOCK', `slot ${guard.slot} is not after ${marks.slot}, the last that was signed`) };
    }
    return { next: { ...marks, slot: guard.slot }, result: accept(undefined) };
  }
  if (guard.kind === 'round') {
    if (marks.round !== undefined && compareRounds(guard, marks.round) <= 0) {
      return { result: refuse('GUARD_ROUND', `${roundToText(guard)} is not after ${roundToText(marks.round)}, the last that was signed`) };
    }
    const { height, round, step } = guard;
    return { next: { ...marks, round: { height, round, step } }, result: accept(undefined) };
  }
  if (guard.source > guard.target) return { result: refuse('GUARD_ORDER', `source ${guard.source} is above target ${guard.target}`) };
  if (marks.target !== undefined && guard.target <= marks.target) {
    return { result: refuse('GUARD_TARGET', `target ${guard.target} is not above ${marks.target}, the last that was signed`) };
  }
  if (marks.source !== undefined && guard.source < marks.source) {
    return { result: refuse('GUARD_SOURCE', `source ${guard.source} is below ${marks.source}, the last that was signed`) };
  }
  return { next: { ...marks, source: guard.source, target: guard.target }, result: accept(undefined) };
}

function larger(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function compareRounds(a: Round, b: Round): number {
  if (a.height !== b.height) return a.height < b.height ? -1 : 1;
  return a.round === b.round ? a.step - b.step : a.round - b.round;
}

function roundToText({ height, round, step }: Round): string {
  return `height ${height}, round ${round}, step ${step}`;
}

const BYTES = 26;
const ROUND_BYTES = 13;
const noMarks: Marks = { slot: undefined, source: undefined, target: undefined, round: undefined };

/** Version, a byte of presence bits, three numbers of 8 bytes; then, for a key that signs in rounds, height (8), round (4) and step (1). */
function marksToBytes(marks: Marks): Uint8Array {
  const present = (marks.slot === undefined ? 0 : 1) | (marks.source === undefined ? 0 : 2) | (marks.target === undefined ? 0 : 4) | (marks.round === undefined ? 0 : 8);
  const round = marks.round === undefined ? [] : [uint64ToBytes(marks.round.height), uint32ToBytes(marks.round.round), Uint8Array.of(marks.round.step)];
  return concatBytes(Uint8Array.of(1, present), uint64ToBytes(marks.slot ?? 0n), uint64ToBytes(marks.source ?? 0n), uint64ToBytes(marks.target ?? 0n), ...round);
}

/** Throws on damage: to sign with forgotten marks would be worse than not to sign. */
function marksFromBytes(bytes: Uint8Array): Marks {
  const present = bytes[1] ?? 0;
  if (bytes.length !== BYTES + (present & 8 ? ROUND_BYTES : 0) || bytes[0] !== 1) throw new GuardError('GUARD_MARKS', 'the marks of what a key has signed are damaged: restore them from a copy, or give the seat a new key; never delete them while the key is in use');
  return {
    slot: present & 1 ? uint64FromBytes(bytes, 2) : undefined,
    source: present & 2 ? uint64FromBytes(bytes, 10) : undefined,
    target: present & 4 ? uint64FromBytes(bytes, 18) : undefined,
    round: present & 8 ? { height: uint64FromBytes(bytes, BYTES), round: uint32FromBytes(bytes, BYTES + 8), step: bytes[BYTES + 12] as number } : undefined,
  };
}
