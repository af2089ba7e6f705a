/**
 * Work that is done later, or in many steps: a bounded share of it at the end of each block, in order of the height that it waits for, then of its
 * coming. docs/spec/database.md, "Work at the end of a block".
 */
import { concatBytes, type Height, invariant, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { BlockContext, OrderedStateAccess, StateAccess } from '@vsys/container';
import { systemKey } from './system-keys.ts';

/** Steps are about a key written each. */
export const workLimits = { /** Of all work at the end of one block. */ stepsPerBlockMax: 2_000, /** Of one item, before the next has its turn. */ stepsPerTurnMax: 256 } as const;

export interface WorkItem {
  /** Which worker it is for; its number is part of the state. */
  readonly kind: number;
  readonly payload: Uint8Array;
}

/** What does the items of one kind. Like an operation, a pure function of what it is given, and it begins again after a miss. */
export interface Worker {
  /** Keys that a turn will read, as far as they can be told before: they are loaded in one batch for many items. */
  needs(payload: Uint8Array): readonly Uint8Array[];
  /** And those that can be told once these are known. */
  needsThen?(payload: Uint8Array, state: StateAccess): readonly Uint8Array[];
  /**
   * One turn: it stops once it took `stepsMax` steps, or did the least that leaves the state whole.
   *
   * @returns the steps that it took, and what is left to do, absent when it is done
   */
  run(payload: Uint8Array, turn: { readonly block: BlockContext; readonly state: OrderedStateAccess; readonly stepsMax: number }): { readonly steps: number; readonly rest?: Uint8Array };
}

export type Workers = Readonly<Record<number, Worker>>;

/** The first item that is not done, and how many wait in all. No record: none waits. */
interface Front {
  readonly height: Height;
  readonly place: number;
  readonly waiting: bigint;
}

const FRONT_KEY = systemKey('work');
/** Lists loaded together, where the front is behind. */
const HEIGHTS_AHEAD = 32;

function listKey(height: Height): Uint8Array {
  return systemKey('workList', uint64ToBytes(BigInt(height)));
}

function itemKey(height: Height, place: number): Uint8Array {
  return concatBytes(listKey(height), uint32ToBytes(place));
}

/** Keys that `addWork` reads. */
export function workKeys(at: Height): readonly Uint8Array[] {
  return [FRONT_KEY, listKey(at)];
}

/**
 * Puts an item in the queue. It writes three keys, for which the caller charges gas.
 *
 * @param at - end of the block at which it is due: this one or a later one
 */
export function addWork(state: StateAccess, block: BlockContext, at: Height, { kind, payload }: WorkItem): void {
  invariant(at >= block.height, 'work is due at this block or later');
  state.need(workKeys(at));
  const front = frontFromRecord(state.get(FRONT_KEY)) ?? { height: block.height, place: 0, waiting: 0n };
  const place = countFromRecord(state.get(listKey(at)));
  state.set(FRONT_KEY, frontToRecord({ ...front, waiting: front.waiting + 1n }));
  state.set(listKey(at), uint32ToBytes(place + 1));
  state.set(itemKey(at, place), concatBytes(Uint8Array.of(kind), payload));
}

/** Does what is due, within the limit of a block. What is left of an item stands in line behind what else is due. */
export function doWork(state: OrderedStateAccess, block: BlockContext, workers: Workers, stepsMax: number = workLimits.stepsPerBlockMax): void {
  let left = stepsMax;
  for (let front = frontFromRecord(state.get(FRONT_KEY)); front !== undefined && front.height <= block.height && left > 0; front = frontFromRecord(state.get(FRONT_KEY))) {
    const first = front.height;
    state.need(Array.from({ length: Math.min(HEIGHTS_AHEAD, block.height - first + 1) }, (_, i) => listKey(first + i)));
    const count = countFromRecord(state.get(listKey(front.height)));
    if (front.place < count) left -= doSome(state, block, workers, front, Math.min(count - front.place, left), left);
    else {
      state.set(listKey(front.height), undefined);
      state.set(FRONT_KEY, front.waiting === 0n ? undefined : frontToRecord({ ...front, height: front.height + 1, place: 0 }));
      left--;
    }
  }
}

/** Some items from the front on, whose keys are loaded together. Returns the steps taken. */
function doSome(state: OrderedStateAccess, block: BlockContext, workers: Workers, front: Front, count: number, stepsMax: number): number {
  const keys = Array.from({ length: count }, (_, i) => itemKey(front.height, front.place + i));
  state.need([...keys, listKey(block.height)]);
  const items = keys.map((key) => itemFromRecord(state.get(key)));
  state.need(items.flatMap(({ kind, payload }) => workerOf(workers, kind).needs(payload)));
  state.need(items.flatMap(({ kind, payload }) => workerOf(workers, kind).needsThen?.(payload, state) ?? []));
  let taken = 0;
  for (const [i, { kind, payload }] of items.entries()) {
    if (taken >= stepsMax) break;
    const { steps, rest } = workerOf(workers, kind).run(payload, { block, state, stepsMax: Math.min(workLimits.stepsPerTurnMax, stepsMax - taken) });
    taken += Math.max(1, steps);
    state.set(keys[i] as Uint8Array, undefined);
    // A worker may have put other work in.
    const { waiting } = frontFromRecord(state.get(FRONT_KEY)) as Front;
    state.set(FRONT_KEY, frontToRecord({ height: front.height, place: front.place + i + 1, waiting: waiting - 1n }));
    if (rest !== undefined) addWork(state, block, block.height, { kind, payload: rest });
  }
  return taken;
}

function workerOf(workers: Workers, kind: number): Worker {
  const worker = workers[kind];
  invariant(worker !== undefined, `no worker for work of kind ${kind}`);
  return worker;
}

function frontFromRecord(record: Uint8Array | undefined): Front | undefined {
  return record === undefined ? undefined : { height: Number(uint64FromBytes(record)), place: uint32FromBytes(record, 8), waiting: uint64FromBytes(record, 12) };
}

function frontToRecord({ height, place, waiting }: Front): Uint8Array {
  return concatBytes(uint64ToBytes(BigInt(height)), uint32ToBytes(place), uint64ToBytes(waiting));
}

function countFromRecord(record: Uint8Array | undefined): number {
  return record === undefined ? 0 : uint32FromBytes(record);
}

function itemFromRecord(record: Uint8Array | undefined): WorkItem {
  invariant(record !== undefined, 'an item of the work queue is not there');
  return { kind: record[0] as number, payload: record.slice(1) };
}
