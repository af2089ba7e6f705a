import { createBlockTree } from '@vsys/block-tree';
import type { BlockTree, Rank } from '@vsys/block-tree';
import type { ChainSpec, Header } from '@vsys/data-format';
import { accept, createVirtualTime, equalBytes, refuse, toHex } from '@vsys/primitives';
import type { BlockId, Verdict, VirtualTime } from '@vsys/primitives';
import { createEngineHost } from './engine-host.ts';
import type { EngineHost } from './engine-host.ts';
import type { BuildRequest, Guard, ViewedBlock } from './engine.ts';
import { checkContinues } from './header-chain.ts';
import type { Consensus } from './module.ts';
import { sealMessage } from './seal.ts';
import type { HeaderRules, IdentifiedHeader, PublicKeyOf, SeatView, Stepped } from './rules.ts';
import { createTreeView } from './tree-view.ts';

/** A module with all that it needs to run, made anew for each check. */
export interface ConsensusSubject<C = unknown> {
  readonly consensus: Consensus<C>;
  readonly spec: ChainSpec;
  readonly genesis: Header;
  /** Keys of all producers; where nobody signs blocks, those whose accounts the blocks are for. */
  readonly keys: readonly PublicKeyOf[];
  /** Not asked for where nobody signs blocks. */
  sign(key: PublicKeyOf, bytes: Uint8Array): Uint8Array;
  blockId(header: Header): BlockId;
  /** Of modules that declare that their producers change: one change of them. */
  readonly handover?: Handover;
}

/** One of the producers gives its place to a newcomer. */
export interface Handover {
  readonly joins: PublicKeyOf;
  readonly leaves: PublicKeyOf;
  /** What the module reads in the state of every block from the change on. */
  readonly state: SeatView;
}

export interface BenchBlock<C> extends IdentifiedHeader, Stepped<C> {
  readonly parentContext: C;
  readonly parentRank: Rank | null;
  readonly producer: PublicKeyOf;
  /** When it was imported. */
  readonly atMs: number;
}

export interface BenchOptions {
  /** Keys of each node; by default one node per key. */
  readonly nodes?: readonly (readonly PublicKeyOf[])[];
  readonly time?: VirtualTime;
  readonly saved?: Uint8Array;
  /** Replaces the filling of bodies, such as by one that fails. */
  onBuild?(request: BuildRequest): 'build' | 'fail';
}

/** Several producers in one process on one tree, with empty bodies and a clock that moves when told. */
export interface Bench<C> {
  readonly tree: BlockTree;
  readonly time: VirtualTime;
  /** Imported blocks, in order; those without a rank when their certificate came. */
  readonly blocks: readonly BenchBlock<C>[];
  /** Of these, the ones on the branch of the head. */
  readonly branch: readonly BenchBlock<C>[];
  /** Blocks that had no rank when they were imported, as they were then. */
  readonly uncertified: readonly BenchBlock<C>[];
  readonly builds: readonly BuildRequest[];
  readonly guards: readonly { readonly key: PublicKeyOf; readonly guard: Guard }[];
  /** `persist`, `build`, `sign`, `import`, `certify`, `publish`, `send`, in order of occurrence over all nodes. */
  readonly log: readonly string[];
  readonly saved: Uint8Array | undefined;
  readonly finals: readonly number[];
  /** Moves the clock from timer to timer until the head is that high, or so many timers have fired. */
  run(height: number, timersMax?: number): Promise<void>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The state of a bench: nothing was ever written. */
export const noState: SeatView = { get: async () => undefined };

/** An empty block on this parent, with what the module says of a state, by itself of one in which nothing is. */
export async function benchHeader<C>(rules: HeaderRules<C>, parent: Pick<ViewedBlock<C>, 'id' | 'header' | 'context'>, { timeMs, ext }: Pick<BuildRequest, 'timeMs' | 'ext'>, state: SeatView = noState): Promise<Header> {
  const { mainReference: _, ...rest } = parent.header;
  const header: Header = { ...rest, height: rest.height + 1, parent: parent.id, timeMs, ext, seatSetRoot: rest.nextSeatSetRoot };
  return { ...header, ...(await rules.complete?.(parent.context, header, state)) };
}

export function createBench<C>(subject: ConsensusSubject<C>, options: BenchOptions = {}): Bench<C> {
  const { consensus, genesis } = subject;
  const { rules } = consensus;
  const genesisId = subject.blockId(genesis);
  const start = rules.genesis(subject.spec, { id: genesisId, height: genesis.height, timeMs: genesis.timeMs });
  const tree = createBlockTree({ genesis: { id: genesisId, header: genesis, rank: start.rank, context: rules.encode(start.context) } });
  const view = createTreeView(tree, rules);
  const time = options.time ?? createVirtualTime(genesis.timeMs);
  const blocks: BenchBlock<C>[] = [];
  const uncertified: BenchBlock<C>[] = [];
  const builds: BuildRequest[] = [];
  const guards: { key: PublicKeyOf; guard: Guard }[] = [];
  const built: BlockId[] = [];
  const log: string[] = [];
  const finals: number[] = [];
  const producers = new Map<string, PublicKeyOf>();
  let saved: Uint8Array | undefined = options.saved;
  const hosts: EngineHost<Header>[] = [];
  /** Grows with whatever one host gives to others, so that all of it is waited for. */
  let given = 0;

  const producerOf = (id: BlockId): PublicKeyOf => producers.get(toHex(id)) as PublicKeyOf;
  const moveHead = (): void => {
    const best = tree.bestHead();
    if (best === tree.head) return;
    tree.setHead(best.id);
    given++;
    for (const host of hosts) host.notify({ kind: 'head' });
  };
  const certify = async (id: BlockId, seal: Uint8Array): Promise<Verdict<unknown>> => {
    log.push('certify');
    const block = view.get(id);
    const parent = block === undefined ? undefined : view.get(block.parent);
    if (block === undefined || parent === undefined || block.rank !== null) return refuse('IMPORT_KNOWN', 'there is nothing to certify');
    const stepped = rules.step(parent.context, { id, header: block.header, seal });
    if (!stepped.ok) return stepped;
    const { rank } = stepped.value;
    if (rank === null) return refuse('IMPORT_KNOWN', 'the seal certifies nothing');
    tree.certify(id, { rank, seal, context: rules.encode(stepped.value.context) });
    blocks.push({ id, header: block.header, seal, ...stepped.value, parentContext: parent.context, parentRank: parent.rank, producer: producerOf(id), atMs: time.nowMs() });
    moveHead();
    return accept(undefined);
  };
  const others = (index: number, to: string | undefined, give: (host: EngineHost<Header>) => void): void => {
    given++;
    hosts.forEach((host, other) => {
      if (other !== index && (to === undefined || to === String(other))) give(host);
    });
  };

  const importBlock = async (header: Header, seal: Uint8Array): Promise<Verdict<unknown>> => {
    log.push('import');
    const parent = view.get(header.parent);
    if (parent === undefined || parent.rank === null) return refuse('BENCH_PARENT', 'the parent is unknown, or waits for its certificate');
    const neutral = checkContinues(parent, header);
    if (!neutral.ok) return neutral;
    const id = subject.blockId(header);
    const stepped = rules.step(parent.context, { id, header, seal });
    if (!stepped.ok) return stepped;
    const inserted = tree.insertHeader({ id, header, seal, rank: stepped.value.rank, context: rules.encode(stepped.value.context), timely: rules.isTimely(parent.context, header, time.nowMs()) });
    if (!inserted.ok) return inserted;
    tree.markExecuted(id);
    const block = { id, header, seal, ...stepped.value, parentContext: parent.context, parentRank: parent.rank, producer: producerOf(id), atMs: time.nowMs() };
    (stepped.value.rank === null ? uncertified : blocks).push(block);
    moveHead();
    given++;
    for (const host of hosts) host.notify({ kind: 'block', id, stage: 'executed' });
    return accept(undefined);
  };

  for (const [index, keys] of (options.nodes ?? subject.keys.map((key) => [key])).entries()) {
    hosts.push(
      createEngineHost<C, Header>({
        engine: consensus.engine(keys),
        view,
        ...(options.saved === undefined ? {} : { saved: options.saved }),
        ports: {
          clock: time,
          timers: time,
          build: async (request) => {
            log.push('build');
            builds.push(request);
            const parent = tree.get(request.on);
            if (parent === undefined || options.onBuild?.(request) === 'fail') return undefined;
            const header = await benchHeader(rules, view.get(parent.id) as ViewedBlock<C>, request);
            const id = subject.blockId(header);
            built.push(id);
            return { id, header, block: header };
          },
          sign: async ({ key, bytes, guard }) => {
            log.push('sign');
            guards.push({ key, guard });
            for (const id of built) if (equalBytes(bytes, sealMessage(id))) producers.set(toHex(id), key);
            return accept(subject.sign(key, bytes));
          },
          ...(consensus.compute === undefined ? {} : { compute: consensus.compute.bind(consensus) }),
          withExt: (header, ext) => {
            const id = subject.blockId({ ...header, ext });
            producers.set(toHex(id), keys[0] as PublicKeyOf);
            return { ...header, ext };
          },
          import: importBlock,
          publish: async (header, seal) => {
            log.push('publish');
            const id = subject.blockId(header);
            if (tree.get(id)?.rank === null) others(index, undefined, (host) => void host.offer(String(index), { id, header, block: header, seal }));
          },
          importCandidate: importBlock,
          certify,
          send: async (to, bytes) => {
            log.push('send');
            others(index, to, (host) => void host.receive(String(index), bytes));
          },
          justify: async (ref) => {
            if (tree.setJustified(ref.id).ok) moveHead();
          },
          finalise: async (ref) => {
            if (ref.height <= tree.final.height) return;
            const moved = tree.setFinal(ref.id);
            if (moved.ok) finals.push(ref.height);
          },
          persist: async (bytes) => {
            log.push('persist');
            saved = bytes;
          },
        },
      }),
    );
  }
  for (const host of hosts) host.start();

  const settle = async (): Promise<void> => {
    for (let seen = -1; seen !== given; ) {
      seen = given;
      for (let round = 0; round < 3; round++) for (const host of hosts) await host.idle();
    }
  };
  return {
    tree,
    time,
    blocks,
    uncertified,
    builds,
    guards,
    log,
    finals,
    get saved() {
      return saved;
    },
    get branch() {
      const found: BenchBlock<C>[] = [];
      let id = tree.head.id;
      for (const block of blocks.toReversed()) {
        if (!equalBytes(block.id, id)) continue;
        found.unshift(block);
        id = block.header.parent;
      }
      return found;
    },
    settle,
    run: async (height, timersMax = 10_000) => {
      await settle();
      for (let fired = 0; fired < timersMax && tree.head.height < height; fired++) {
        const due = time.nextDueMs();
        if (due === undefined) return;
        time.advance(Math.max(0, due - time.nowMs()));
        await settle();
      }
    },
    close: async () => {
      for (const host of hosts) await host.close();
    },
  };
}
