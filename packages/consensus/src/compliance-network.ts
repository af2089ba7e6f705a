import { createBlockTree } from '@vsys/block-tree';
import type { BlockTree } from '@vsys/block-tree';
import type { Header } from '@vsys/data-format';
import { accept, createVirtualTime, refuse, toHex } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import type { ConsensusSubject } from './compliance-bench.ts';
import { createEngineHost } from './engine-host.ts';
import type { EngineHost } from './engine-host.ts';
import { createTreeView } from './tree-view.ts';

interface Sealed {
  readonly header: Header;
  readonly seal: Uint8Array;
}

interface NetworkNode {
  readonly tree: BlockTree;
  readonly host: EngineHost;
  /** Id of each block that it ever held final, by height. */
  readonly finals: ReadonlyMap<number, string>;
  receive(block: Sealed): Verdict<unknown>;
}

export interface BenchNetwork {
  readonly nodes: readonly NetworkNode[];
  /** Blocks reach only nodes of the same group number. */
  split(groups: readonly number[]): void;
  /** Joins all, and hands every block to everybody. */
  heal(): Promise<void>;
  runFor(ms: number): Promise<void>;
  close(): Promise<void>;
}

const DELAY_MS = 5;

/** One node per key, each with a tree of its own, on one clock; blocks travel for 5 ms and only inside a group. */
export function createBenchNetwork<C>(subject: ConsensusSubject<C>): BenchNetwork {
  const time = createVirtualTime(subject.genesis.timeMs);
  const all: Sealed[] = [];
  let groups: readonly number[] = subject.keys.map(() => 0);
  const nodes: NetworkNode[] = [];

  const createNode = (index: number): NetworkNode => {
    const { rules } = subject.consensus;
    const id = subject.blockId(subject.genesis);
    const start = rules.genesis(subject.spec, { id, height: subject.genesis.height, timeMs: subject.genesis.timeMs });
    const tree = createBlockTree({ genesis: { id, header: subject.genesis, rank: start.rank, context: rules.encode(start.context) } });
    const view = createTreeView(tree, rules);
    const finals = new Map<number, string>();
    const receive = ({ header, seal }: Sealed): Verdict<unknown> => {
      const parent = view.get(header.parent);
      if (parent === undefined) return refuse('BENCH_PARENT', 'the parent is unknown');
      const childId = subject.blockId(header);
      const stepped = rules.step(parent.context, { id: childId, header, seal });
      if (!stepped.ok) return stepped;
      const inserted = tree.insertHeader({ id: childId, header, seal, rank: stepped.value.rank, context: rules.encode(stepped.value.context), timely: rules.isTimely(parent.context, header, time.nowMs()) });
      if (!inserted.ok) return inserted;
      tree.markExecuted(childId);
      if (tree.bestHead() !== tree.head) {
        tree.setHead(tree.bestHead().id);
        host.notify({ kind: 'head' });
      }
      return accept(undefined);
    };
    const host = createEngineHost<C, Header>({
      engine: subject.consensus.engine(subject.keys.slice(index, index + 1)),
      view,
      ports: {
        clock: time,
        timers: time,
        build: async ({ on, timeMs, ext }) => {
          const parent = tree.get(on);
          if (parent === undefined) return undefined;
          const header = { ...parent.header, height: parent.height + 1, parent: parent.id, timeMs, ext, seatSetRoot: parent.header.nextSeatSetRoot };
          return { id: subject.blockId(header), header, block: header };
        },
        sign: async ({ key, bytes }) => accept(subject.sign(key, bytes)),
        import: async (header, seal) => receive({ header, seal }),
        publish: async (header, seal) => {
          all.push({ header, seal });
          time.setAt(time.nowMs() + DELAY_MS, () => {
            nodes.forEach((node, other) => {
              if (other !== index && groups[other] === groups[index]) node.receive({ header, seal });
            });
          });
        },
        finalise: async (ref) => {
          const moved = tree.setFinal(ref.id);
          if (moved.ok) for (const node of moved.value.finalised) finals.set(node.height, toHex(node.id));
        },
        persist: async () => undefined,
      },
    });
    return { tree, host, finals, receive };
  };
  for (let index = 0; index < subject.keys.length; index++) nodes.push(createNode(index));
  for (const { host } of nodes) host.start();

  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) for (const { host } of nodes) await host.idle();
  };
  return {
    nodes,
    split: (next) => {
      groups = next;
    },
    heal: async () => {
      groups = nodes.map(() => 0);
      const sorted = [...all].sort((a, b) => a.header.height - b.header.height);
      for (const node of nodes) for (const block of sorted) node.receive(block);
      await settle();
    },
    runFor: async (ms) => {
      const until = time.nowMs() + ms;
      await settle();
      for (let due = time.nextDueMs(); due !== undefined && due <= until; due = time.nextDueMs()) {
        time.advance(Math.max(0, due - time.nowMs()));
        await settle();
      }
      time.advance(Math.max(0, until - time.nowMs()));
      await settle();
    },
    close: async () => {
      for (const { host } of nodes) await host.close();
    },
  };
}
