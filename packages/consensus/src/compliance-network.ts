import { createBlockTree } from '@vsys/block-tree';
import type { BlockTree } from '@vsys/block-tree';
import type { Header } from '@vsys/data-format';
import { accept, createVirtualTime, refuse, toHex } from '@vsys/primitives';
import type { BlockId, Verdict } from '@vsys/primitives';
import { benchHeader } from './compliance-bench.ts';
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
  readonly host: EngineHost<Header>;
  /** Id of each block that it ever held final, by height. */
  readonly finals: ReadonlyMap<number, string>;
  /** The last block of each height that may be, or was, head: what it gives to who is behind. */
  readonly held: ReadonlyMap<number, Sealed>;
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

/** One node per key, each with a tree of its own, on one clock; blocks and messages travel for 5 ms and only inside a group. */
export function createBenchNetwork<C>(subject: ConsensusSubject<C>): BenchNetwork {
  const time = createVirtualTime(subject.genesis.timeMs);
  const all: Sealed[] = [];
  let groups: readonly number[] = subject.keys.map(() => 0);
  const nodes: NetworkNode[] = [];
  /** Grows with whatever one node gives to others, so that all of it is waited for. */
  let given = 0;

  const createNode = (index: number): NetworkNode => {
    const { rules } = subject.consensus;
    const id = subject.blockId(subject.genesis);
    const start = rules.genesis(subject.spec, { id, height: subject.genesis.height, timeMs: subject.genesis.timeMs });
    const tree = createBlockTree({ genesis: { id, header: subject.genesis, rank: start.rank, context: rules.encode(start.context) } });
    const view = createTreeView(tree, rules);
    const finals = new Map<number, string>();
    const held = new Map<number, Sealed>();
    const moveHead = (): void => {
      given++;
      if (tree.bestHead() === tree.head) return;
      tree.setHead(tree.bestHead().id);
      host.notify({ kind: 'head' });
    };
    const certify = (childId: BlockId, seal: Uint8Array): Verdict<unknown> => {
      const block = view.get(childId);
      const parent = block === undefined ? undefined : view.get(block.parent);
      if (block === undefined || parent === undefined || block.rank !== null) return refuse('IMPORT_KNOWN', 'there is nothing to certify');
      const { header } = block;
      const stepped = rules.step(parent.context, { id: childId, header, seal });
      if (!stepped.ok) return stepped;
      const { rank } = stepped.value;
      if (rank === null) return refuse('IMPORT_KNOWN', 'the seal certifies nothing');
      tree.certify(childId, { rank, seal, context: rules.encode(stepped.value.context) });
      held.set(header.height, { header, seal });
      all.push({ header, seal });
      moveHead();
      return accept(undefined);
    };
    const receive = ({ header, seal }: Sealed, wanted = false): Verdict<unknown> => {
      const parent = view.get(header.parent);
      if (parent === undefined || parent.rank === null) return refuse('BENCH_PARENT', 'the parent is unknown, or waits for its certificate');
      const childId = subject.blockId(header);
      if (tree.get(childId)?.rank === null) return certify(childId, seal);
      const stepped = rules.step(parent.context, { id: childId, header, seal });
      if (!stepped.ok) return stepped;
      if (stepped.value.rank === null && !wanted) {
        given++;
        void host.offer('', { id: childId, header, block: header, seal });
        return refuse('IMPORT_UNCERTIFIED', 'the block waits for its certificate');
      }
      const inserted = tree.insertHeader({ id: childId, header, seal, rank: stepped.value.rank, context: rules.encode(stepped.value.context), timely: rules.isTimely(parent.context, header, time.nowMs()) });
      if (!inserted.ok) return inserted;
      tree.markExecuted(childId);
      const justified = stepped.value.justifies === undefined ? undefined : tree.ancestorAt(childId, stepped.value.justifies);
      if (justified !== undefined && justified.height > tree.justified.height) tree.setJustified(justified.id);
      if (stepped.value.rank !== null) held.set(header.height, { header, seal });
      moveHead();
      host.notify({ kind: 'block', id: childId, stage: 'executed' });
      return accept(undefined);
    };
    /** Reaches the others of the group after the delay. */
    const give = (to: string | undefined, arrive: (node: NetworkNode) => void): void => {
      time.setAt(time.nowMs() + DELAY_MS, () => {
        given++;
        nodes.forEach((node, other) => {
          if (other !== index && groups[other] === groups[index] && (to === undefined || to === String(other))) arrive(node);
        });
      });
    };
    const host = createEngineHost<C, Header>({
      engine: subject.consensus.engine(subject.keys.slice(index, index + 1)),
      view,
      ports: {
        clock: time,
        timers: time,
        build: async (request) => {
          const parent = view.get(request.on);
          if (parent === undefined) return undefined;
          const header = await benchHeader(rules, parent, request);
          return { id: subject.blockId(header), header, block: header };
        },
        sign: async ({ key, bytes }) => accept(subject.sign(key, bytes)),
        ...(subject.consensus.compute === undefined ? {} : { compute: subject.consensus.compute.bind(subject.consensus) }),
        withExt: (header, ext) => ({ ...header, ext }),
        import: async (header, seal) => receive({ header, seal }, true),
        importCandidate: async (header, seal) => receive({ header, seal }, true),
        certify: async (block, seal) => certify(block, seal),
        publish: async (header, seal) => {
          all.push({ header, seal });
          give(undefined, (node) => node.receive({ header, seal }));
        },
        send: async (to, bytes) => give(to, (node) => void node.host.receive(String(index), bytes)),
        fetch: (from, block) => {
          const found = nodes[Number(from)]?.tree.get(block);
          if (found !== undefined && groups[Number(from)] === groups[index]) time.setAt(time.nowMs() + 2 * DELAY_MS, () => receive(found));
        },
        behind: (from, height) => {
          for (let next = tree.head.height + 1; next <= height && groups[Number(from)] === groups[index]; next++) {
            const block = nodes[Number(from)]?.held.get(next);
            if (block !== undefined) receive(block);
          }
        },
        justify: async (ref) => {
          if (tree.setJustified(ref.id).ok) moveHead();
        },
        finalise: async (ref) => {
          const moved = tree.setFinal(ref.id);
          if (moved.ok) for (const node of moved.value.finalised) finals.set(node.height, toHex(node.id));
        },
        persist: async () => undefined,
      },
    });
    return { tree, host, finals, held, receive };
  };
  for (let index = 0; index < subject.keys.length; index++) nodes.push(createNode(index));
  for (const { host } of nodes) host.start();

  const settle = async (): Promise<void> => {
    for (let seen = -1; seen !== given; ) {
      seen = given;
      for (let round = 0; round < 3; round++) for (const { host } of nodes) await host.idle();
    }
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
