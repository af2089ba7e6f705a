import { createSeededRandom, createVirtualTime } from '@vsys/primitives';
import { noState } from './compliance-bench.ts';
import type { ConsensusSubject } from './compliance-bench.ts';
import { createBenchNode } from './compliance-node.ts';
import type { BenchNode } from './compliance-node.ts';
import type { PublicKeyOf, SeatView } from './rules.ts';

export interface NetworkOptions {
  /** One node each; by default one per key of the subject. One key may be given twice, as dishonest producers do. */
  readonly keys?: readonly PublicKeyOf[];
  /** By how much the clock of each node is ahead. */
  readonly skewsMs?: readonly number[];
  /** Nodes that are away from the beginning. */
  readonly away?: readonly number[];
  /** What travels takes 1 to 80 ms, by this seed, and some of it arrives twice. Absent: all takes 5 ms. */
  readonly weather?: number;
  /** Told of each moment at which a life may end: it called a port that it waits for. */
  onMoment?(network: BenchNetwork, index: number): void;
}

export interface BenchNetwork {
  readonly nodes: readonly BenchNode[];
  /** Blocks reach only nodes of the same group number. */
  split(groups: readonly number[]): void;
  /** Joins all: each takes from every other what that one's head stands on. */
  heal(): Promise<void>;
  /** Ends the life of a node wherever it is, and begins the next one at the same time of the clock. */
  restart(index: number): void;
  /** A node that is away comes. */
  arrive(index: number): void;
  setClock(index: number, skewMs: number): void;
  /** What the module reads in the state of all blocks that are built from now on. */
  setState(state: SeatView): void;
  runFor(ms: number): Promise<void>;
  /** Whether it came to that within so much time. */
  runUntil(isDone: () => boolean, msMax: number): Promise<boolean>;
  close(): Promise<void>;
}

const DELAY_MS = 5;
const WEATHER_MS = 80;
/** One in so many things arrives twice. */
const TWICE_IN = 8;
const LOOK_EVERY_MS = 500;

/** Nodes with a tree, a clock and a life each, on one virtual time; what one gives arrives inside its group only. */
export function createBenchNetwork<C>(subject: ConsensusSubject<C>, options: NetworkOptions = {}): BenchNetwork {
  const time = createVirtualTime(subject.genesis.timeMs);
  const keys = options.keys ?? subject.keys;
  const skews = keys.map((_, i) => options.skewsMs?.[i] ?? 0);
  const random = options.weather === undefined ? undefined : createSeededRandom(options.weather);
  const ending = new Set<Promise<void>>();
  let groups: readonly number[] = keys.map(() => 0);
  let state: SeatView = noState;
  /** Grows with whatever one node gives to others, so that all of it is waited for. */
  let given = 0;

  const noteGiven = (): void => void given++;
  const wayMs = (): number => (random === undefined ? DELAY_MS : 1 + random.below(WEATHER_MS));
  const canReach = (index: number, other: number): boolean => other !== index && groups[other] === groups[index];
  const nodes: readonly BenchNode[] = keys.map((key, index) => createBenchNode({
    subject, key, index, time, noteGiven,
    skewMs: () => skews[index] as number,
    reach: (other) => (canReach(index, other) ? nodes[other] : undefined),
    give: (to, arrive) => nodes.forEach((node, other) => {
      if (!canReach(index, other) || (to !== undefined && to !== String(other))) return;
      const times = random?.below(TWICE_IN) === 0 ? 2 : 1;
      for (let i = 0; i < times; i++) {
        time.setAt(time.nowMs() + wayMs(), () => {
          noteGiven();
          if (canReach(index, other)) arrive(node);
        });
      }
    }),
    afterAsking: (task) => void time.setAt(time.nowMs() + 2 * DELAY_MS, () => {
      noteGiven();
      task();
    }),
    stateAfter: () => state,
    ...(options.onMoment === undefined ? {} : { onMoment: (at) => options.onMoment?.(network, at) }),
  }));
  const node = (index: number): BenchNode => nodes[index] as BenchNode;

  const settle = async (): Promise<void> => {
    for (let seen = -1; seen !== given; ) {
      seen = given;
      for (let round = 0; round < 3; round++) for (const { isUp, host } of nodes) if (isUp) await host.idle();
      await Promise.all(ending);
    }
  };
  /** Each looks at each: what was missed while they could not hear each other. */
  const meet = (index: number): void => nodes.forEach((other, at) => {
    if (!canReach(index, at)) return;
    node(index).follow(other);
    other.follow(node(index));
  });
  const end = (index: number): void => {
    const ended = node(index).stop().finally(() => ending.delete(ended));
    ending.add(ended);
  };
  const arrive = (index: number): void => {
    node(index).start();
    meet(index);
  };

  const runFor = async (ms: number): Promise<void> => {
    const until = time.nowMs() + ms;
    await settle();
    for (let due = time.nextDueMs(); due !== undefined && due <= until; due = time.nextDueMs()) {
      time.advance(Math.max(0, due - time.nowMs()));
      await settle();
    }
    time.advance(Math.max(0, until - time.nowMs()));
    await settle();
  };
  const network: BenchNetwork = {
    nodes,
    split: (next) => {
      groups = next;
    },
    heal: async () => {
      groups = nodes.map(() => 0);
      nodes.forEach((_, index) => meet(index));
      await settle();
    },
    restart: (index) => {
      end(index);
      time.setAt(time.nowMs(), () => arrive(index));
    },
    arrive,
    setClock: (index, skewMs) => {
      skews[index] = skewMs;
    },
    setState: (next) => {
      state = next;
    },
    runFor,
    runUntil: async (isDone, msMax) => {
      for (let ms = 0; ms < msMax && !isDone(); ms += LOOK_EVERY_MS) await runFor(LOOK_EVERY_MS);
      return isDone();
    },
    close: async () => {
      for (const { isUp, host } of nodes) if (isUp) await host.close();
      await Promise.all(ending);
    },
  };
  nodes.forEach((_, index) => {
    if (options.away?.includes(index) !== true) node(index).start();
  });
  return network;
}
