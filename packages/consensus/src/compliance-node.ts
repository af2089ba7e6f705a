import { createBlockTree } from '@vsys/block-tree';
import type { BlockTree } from '@vsys/block-tree';
import type { Header } from '@vsys/data-format';
import { accept, refuse, toHex } from '@vsys/primitives';
import type { BlockId, Height, Verdict, VirtualTime } from '@vsys/primitives';
import { benchHeader } from './compliance-bench.ts';
import type { ConsensusSubject } from './compliance-bench.ts';
import { createEngineHost } from './engine-host.ts';
import type { EngineHost } from './engine-host.ts';
import type { Guard } from './engine.ts';
import { checkContinues } from './header-chain.ts';
import type { PublicKeyOf, SeatView } from './rules.ts';
import { createTreeView } from './tree-view.ts';

export interface Sealed {
  readonly header: Header;
  readonly seal: Uint8Array;
}

/** A signature that an engine asked for, whether it got it or not. */
export interface AskedSignature {
  readonly key: PublicKeyOf;
  readonly guard: Guard;
  readonly bytes: Uint8Array;
}

export interface BenchNode {
  readonly index: number;
  readonly tree: BlockTree;
  readonly key: PublicKeyOf;
  /** Of the present life. */
  readonly host: EngineHost<Header>;
  readonly isUp: boolean;
  /** Id of each block that it ever held final, by height. */
  readonly finals: ReadonlyMap<number, string>;
  /** The last block of each height that may be, or was, head: what it gives to who is behind. */
  readonly held: ReadonlyMap<number, Sealed>;
  /** Every block that may be, or was, head, by its id. */
  readonly known: ReadonlyMap<string, Sealed>;
  readonly asked: readonly AskedSignature[];
  /** What its engines called evidence. */
  readonly evidence: readonly Uint8Array[];
  /** Most blocks that its head was taken back by at once. */
  readonly deepestReorg: number;
  /** Blocks that it put aside because they came before their time. */
  readonly parked: number;
  /** Most that the time of a block that it took was ahead of its clock. */
  readonly aheadMsMax: number;
  /** Hands over a block; `from`, where it came from, is asked for what is missing below it. */
  receive(block: Sealed, from?: BenchNode): Verdict<unknown>;
  /** Takes from another what that one's head stands on and is not here. */
  follow(other: BenchNode): void;
  /** Begins a life, with what was made durable in the one before. */
  start(): void;
  /** Ends a life in the middle of whatever it does. Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** What a node finds around it. */
export interface Surroundings<C> {
  readonly subject: ConsensusSubject<C>;
  readonly key: PublicKeyOf;
  /** Its number in the network, by which the others know it. */
  readonly index: number;
  readonly time: VirtualTime;
  /** By how much its clock is ahead. */
  skewMs(): number;
  /** A node that can be reached just now. */
  reach(index: number): BenchNode | undefined;
  /** Gives to one of those who can be reached, or to all, after the way there. */
  give(to: string | undefined, arrive: (node: BenchNode) => void): void;
  /** Does something after the way there and back. */
  afterAsking(task: () => void): void;
  /** What the module reads in the state after a block of this height. */
  stateAfter(height: Height): SeatView;
  /** A node called a port that it waits for: the moments at which a life may end. */
  onMoment?(index: number): void;
  /** Something was given to somebody, and must be waited for. */
  noteGiven(): void;
}

/** A node with a tree of its own, without bodies: its blocks and what was persisted outlive its lives. */
export function createBenchNode<C>(around: Surroundings<C>): BenchNode {
  const { subject, key, index, time } = around;
  const { rules } = subject.consensus;
  const genesisId = subject.blockId(subject.genesis);
  const begun = rules.genesis(subject.spec, { id: genesisId, height: subject.genesis.height, timeMs: subject.genesis.timeMs });
  const tree = createBlockTree({ genesis: { id: genesisId, header: subject.genesis, rank: begun.rank, context: rules.encode(begun.context) } });
  const view = createTreeView(tree, rules);
  const [finals, held, known] = [new Map<number, string>(), new Map<number, Sealed>(), new Map<string, Sealed>()];
  const [asked, evidence, waiting] = [[] as AskedSignature[], [] as Uint8Array[], new Set<string>()];
  const clock = { nowMs: () => time.nowMs() + around.skewMs() };
  const timers = { setAt: (atMs: number, callback: () => void) => time.setAt(atMs - around.skewMs(), callback) };
  let [life, isUp, deepestReorg, parked, aheadMsMax] = [0, false, 0, 0, 0];
  let host: EngineHost<Header>;
  let saved: Uint8Array | undefined;

  const moveHead = (): void => {
    around.noteGiven();
    const best = tree.bestHead();
    if (best === tree.head) return;
    deepestReorg = Math.max(deepestReorg, tree.path(tree.head.id, best.id).revert.length);
    tree.setHead(best.id);
    if (isUp) host.notify({ kind: 'head' });
  };
  const keep = (id: BlockId, block: Sealed): void => {
    aheadMsMax = Math.max(aheadMsMax, block.header.timeMs - clock.nowMs());
    held.set(block.header.height, block);
    known.set(toHex(id), block);
  };
  const certify = (id: BlockId, seal: Uint8Array): Verdict<unknown> => {
    const block = view.get(id);
    const parent = block === undefined ? undefined : view.get(block.parent);
    if (block === undefined || parent === undefined || block.rank !== null) return refuse('IMPORT_KNOWN', 'there is nothing to certify');
    const { header } = block;
    const stepped = rules.step(parent.context, { id, header, seal });
    if (!stepped.ok) return stepped;
    const { rank } = stepped.value;
    if (rank === null) return refuse('IMPORT_KNOWN', 'the seal certifies nothing');
    tree.certify(id, { rank, seal, context: rules.encode(stepped.value.context) });
    keep(id, { header, seal });
    moveHead();
    return accept(undefined);
  };
  /** A block before its time waits for it, once. */
  const park = (id: BlockId, block: Sealed, atMs: number): Verdict<unknown> => {
    const name = toHex(id);
    if (!waiting.has(name)) {
      parked++;
      waiting.add(name);
      timers.setAt(atMs, () => {
        waiting.delete(name);
        receive(block);
      });
    }
    return refuse('IMPORT_EARLY', 'the block is ahead of the clock', { retry: true, atMs });
  };

  const receive = (block: Sealed, from?: BenchNode, wanted = false): Verdict<unknown> => {
    const { header, seal } = block;
    if (!isUp) return refuse('BENCH_DOWN', 'the node is not there');
    const parent = view.get(header.parent);
    const id = subject.blockId(header);
    if (parent === undefined || parent.rank === null) {
      if (from !== undefined && header.height > tree.final.height) around.afterAsking(() => pull(from, id));
      return refuse('BENCH_PARENT', 'the parent is unknown, or waits for its certificate');
    }
    if (tree.get(id)?.rank === null) return certify(id, seal);
    const neutral = checkContinues(parent, header);
    if (!neutral.ok) return neutral;
    const dueMs = rules.earliest(parent.context, header) - rules.driftMs;
    if (clock.nowMs() < dueMs) return park(id, block, dueMs);
    const stepped = rules.step(parent.context, { id, header, seal });
    if (!stepped.ok) return stepped;
    if (stepped.value.rank === null && !wanted) {
      around.noteGiven();
      void host.offer(from === undefined ? '' : String(from.index), { id, header, block: header, seal });
      return refuse('IMPORT_UNCERTIFIED', 'the block waits for its certificate');
    }
    const inserted = tree.insertHeader({ id, header, seal, rank: stepped.value.rank, context: rules.encode(stepped.value.context), timely: rules.isTimely(parent.context, header, clock.nowMs()) });
    if (!inserted.ok) return inserted;
    tree.markExecuted(id);
    const justified = stepped.value.justifies === undefined ? undefined : tree.ancestorAt(id, stepped.value.justifies);
    if (justified !== undefined && justified.height > tree.justified.height) tree.setJustified(justified.id);
    if (stepped.value.rank !== null) keep(id, block);
    moveHead();
    host.notify({ kind: 'block', id, stage: 'executed' });
    return accept(undefined);
  };
  const pull = (from: BenchNode, tip: BlockId): void => {
    const missing: Sealed[] = [];
    for (let id = tip; ; ) {
      const block = from.known.get(toHex(id));
      if (block === undefined || block.header.height <= tree.final.height || (tree.get(id) !== undefined && tree.get(id)?.rank !== null)) break;
      missing.unshift(block);
      id = block.header.parent;
    }
    for (const block of missing) receive(block);
  };

  const createHost = (own: number): EngineHost<Header> => {
    /** What a life that is over still does reaches nobody. */
    const isOver = (): boolean => own !== life || !isUp;
    /** The life may end with any of these. */
    const moment = (): boolean => {
      if (!isOver()) around.onMoment?.(index);
      return isOver();
    };
    const over = refuse('BENCH_DOWN', 'the node is not there');
    return createEngineHost<C, Header>({
      engine: subject.consensus.engine([key]),
      view,
      ...(saved === undefined ? {} : { saved }),
      ports: {
        clock,
        timers,
        build: async (request) => {
          const parent = view.get(request.on);
          if (parent === undefined || isOver()) return undefined;
          const made = await benchHeader(rules, parent, request, around.stateAfter(parent.height + 1));
          // As bodies are in life, no two nodes and no two lives have the same.
          const header = { ...made, stateRoot: Uint8Array.from(made.stateRoot, (byte, i) => (i === 0 ? index : i === 1 ? own : byte)) };
          return { id: subject.blockId(header), header, block: header };
        },
        sign: async ({ key: by, bytes, guard }) => {
          if (isOver()) return over;
          asked.push({ key: by, guard, bytes });
          return moment() ? over : accept(subject.sign(by, bytes));
        },
        ...(subject.consensus.compute === undefined ? {} : { compute: subject.consensus.compute.bind(subject.consensus) }),
        withExt: (header, ext) => ({ ...header, ext }),
        import: async (header, seal) => (moment() ? over : receive({ header, seal }, undefined, true)),
        importCandidate: async (header, seal) => (isOver() ? over : receive({ header, seal }, undefined, true)),
        certify: async (id, seal) => (isOver() ? over : certify(id, seal)),
        publish: async (header, seal) => {
          if (!moment()) around.give(undefined, (node) => node.receive({ header, seal }, self));
        },
        send: async (to, bytes) => {
          if (!moment()) around.give(to, (node) => void (node.isUp && node.host.receive(String(index), bytes)));
        },
        fetch: (from, id) => {
          const found = around.reach(Number(from))?.tree.get(id);
          if (found !== undefined) around.afterAsking(() => receive(found));
        },
        behind: (from, height) => {
          const other = around.reach(Number(from));
          for (let next = tree.head.height + 1; next <= height; next++) {
            const block = other?.held.get(next);
            if (block !== undefined) receive(block);
          }
        },
        justify: async (ref) => {
          if (!isOver() && tree.setJustified(ref.id).ok) moveHead();
        },
        finalise: async (ref) => {
          const moved = isOver() ? over : tree.setFinal(ref.id);
          if (moved.ok) for (const node of moved.value.finalised) finals.set(node.height, toHex(node.id));
        },
        evidence: async (bytes) => {
          evidence.push(bytes);
        },
        persist: async (bytes) => {
          if (isOver()) return;
          saved = bytes;
          moment();
        },
      },
    });
  };

  const self: BenchNode = {
    index, tree, key, finals, held, known, asked, evidence, receive,
    get host() {
      return host;
    },
    get isUp() {
      return isUp;
    },
    get deepestReorg() {
      return deepestReorg;
    },
    get parked() {
      return parked;
    },
    get aheadMsMax() {
      return aheadMsMax;
    },
    follow: (other) => {
      pull(other, other.tree.head.id);
      if (!isUp || !other.isUp) return;
      around.noteGiven();
      other.host.notify({ kind: 'catchUp', from: String(index), have: tree.head.height });
    },
    start: () => {
      life++;
      isUp = true;
      host = createHost(life);
      host.start();
      around.noteGiven();
    },
    stop: () => {
      isUp = false;
      around.noteGiven();
      return host.close();
    },
  };
  return self;
}
