import type { Header } from '@vsys/data-format';
import { compareRanks } from '@vsys/block-tree';
import { compareBytes, equalBytes, toHex } from '@vsys/primitives';
import { createBench } from './compliance-bench.ts';
import type { BenchBlock, ConsensusSubject } from './compliance-bench.ts';
import { createBenchNetwork } from './compliance-network.ts';
import { createHeaderChain } from './header-chain.ts';
import { sealMessage } from './seal.ts';
import { createSignerGuard } from './signer-guard.ts';

export interface ConsensusCheck {
  readonly name: string;
  /** Rejects when the module breaks the promise. */
  run<C>(create: () => ConsensusSubject<C> | Promise<ConsensusSubject<C>>): Promise<void>;
}

const CONTEXT_BYTES_MAX = 64 * 1024;
const HOUR_MS = 3_600_000;
/** Blocks by which headers may tell of finality later than the votes that made it, which only nodes see. */
const GADGET_LAG_MAX = 3;

function must(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

/** Two blocks more than twice the producers: everybody had a turn, and finality had time to move. */
async function history<C>(subject: ConsensusSubject<C>, height: number = 2 * subject.keys.length + 2): Promise<readonly BenchBlock<C>[]> {
  const bench = createBench(subject);
  await bench.run(height);
  await bench.close();
  must(bench.tree.head.height >= height, `expected ${height} blocks, the head is at ${bench.tree.head.height}`);
  return bench.branch;
}

function refused<C>(subject: ConsensusSubject<C>, block: BenchBlock<C>, header: Header, seal: Uint8Array, what: string): void {
  const verdict = subject.consensus.rules.step(block.parentContext, { id: subject.blockId(header), header, seal });
  must(!verdict.ok, `a header ${what} was accepted at height ${header.height}`);
  must(verdict.code !== '' && verdict.message !== '', 'a refusal needs a code and a sentence');
}

/** What the headers of a branch make final is what the engine did: at once, or, where votes travel beside the headers, a little later. */
function isSameFinal<C>(subject: ConsensusSubject<C>, byEngine: number, byHeaders: number): boolean {
  const lag = byEngine - byHeaders;
  return subject.provides?.finality === 'gadget' ? lag >= 0 && lag <= GADGET_LAG_MAX : lag === 0;
}

/** Sealed by the key, over its own id. */
function resealed<C>(subject: ConsensusSubject<C>, header: Header, key: BenchBlock<C>['producer']): Uint8Array {
  return subject.sign(key, sealMessage(subject.blockId(header)));
}

export const consensusChecks: readonly ConsensusCheck[] = [
  {
    name: 'the same inputs give the same bytes',
    run: async (create) => {
      const [a, b] = [await create(), await create()];
      const print = <C>(subject: ConsensusSubject<C>, blocks: readonly BenchBlock<C>[]): readonly string[] =>
        blocks.map((block) => `${toHex(block.id)} ${toHex(subject.consensus.rules.encode(block.context))} ${block.rank?.join()} ${block.finalises}`);
      const [first, second] = [print(a, await history(a)), print(b, await history(b))];
      must(first.join('\n') === second.join('\n'), 'two runs of one history differ');
      const again = createBench(a);
      await again.run(3);
      await again.close();
      must(print(a, again.blocks).slice(0, 3).join('\n') === first.slice(0, 3).join('\n'), 'a second run of one module differs from its first');
    },
  },
  {
    name: 'a context survives encoding and stays within 64 KiB',
    run: async (create) => {
      const subject = await create();
      const { rules } = subject.consensus;
      // Not until a height: an engine that reads damaged contexts may stall.
      const bench = createBench(subject);
      await bench.run(2 * subject.keys.length + 2, 8 * subject.keys.length);
      await bench.close();
      must(bench.blocks.length > 0, 'no blocks were produced');
      for (const block of bench.blocks) {
        const bytes = rules.encode(block.context);
        must(bytes.length <= CONTEXT_BYTES_MAX, `a context has ${bytes.length} bytes`);
        must(equalBytes(rules.encode(rules.decode(bytes)), bytes), 'a context does not re-encode to itself');
        const stepped = rules.step(rules.decode(rules.encode(block.parentContext)), block);
        must(stepped.ok && equalBytes(rules.encode(stepped.value.context), bytes), 'a decoded context leads elsewhere than the one that was encoded');
      }
    },
  },
  {
    name: 'rank grows strictly along a branch',
    run: async (create) => {
      const subject = await create();
      // Not until a height: the head would not follow a rank that stands still.
      const bench = createBench(subject);
      await bench.run(2 * subject.keys.length + 2, 8 * subject.keys.length);
      await bench.close();
      must(bench.blocks.length > 1, 'no blocks were produced');
      for (const { rank, parentRank, header } of bench.blocks) {
        if (rank !== null && parentRank !== null) must(compareRanks(rank, parentRank) > 0, `the rank at height ${header.height} is not above its parent's`);
      }
    },
  },
  {
    name: 'refuses a second block in the slot of its parent, and one before it',
    run: async (create) => {
      const subject = await create();
      const blocks = await history(subject);
      for (let i = 1; i < blocks.length; i++) {
        const [parent, block] = [blocks[i - 1] as BenchBlock<never>, blocks[i] as BenchBlock<never>];
        for (const timeMs of [parent.header.timeMs, parent.header.timeMs - 1, 0]) {
          for (const ext of [block.header.ext, parent.header.ext]) {
            const header = { ...block.header, timeMs, ext };
            for (const key of subject.keys) refused(subject, block, header, resealed(subject, header, key), 'not after its parent');
          }
        }
      }
    },
  },
  {
    name: 'refuses a seal that is not by the producer',
    run: async (create) => {
      const subject = await create();
      const blocks = await history(subject);
      for (const [i, block] of blocks.entries()) {
        for (const key of subject.keys) {
          if (compareBytes(key.bytes, block.producer.bytes) !== 0) refused(subject, block, block.header, resealed(subject, block.header, key), 'sealed by another key');
        }
        const other = blocks[(i + 1) % blocks.length] as BenchBlock<never>;
        refused(subject, block, block.header, other.seal, 'with the seal of another block');
        refused(subject, block, block.header, new Uint8Array(0), 'without a seal');
        refused(subject, block, block.header, block.seal.map((byte, at) => (at === 7 ? byte ^ 1 : byte)), 'with a damaged seal');
        const changed = { ...block.header, stateRoot: block.header.stateRoot.map((byte) => byte ^ 1) };
        refused(subject, block, changed, block.seal, 'changed after it was sealed');
      }
    },
  },
  {
    name: 'refuses an ext that does not belong to the header, whoever seals it',
    run: async (create) => {
      const subject = await create();
      for (const block of await history(subject)) {
        const { ext } = block.header;
        const changes = [new Uint8Array(0), Uint8Array.of(...ext, 0), ...Array.from(ext, (_, at) => ext.map((byte, i) => (i === at ? byte ^ 1 : byte)))];
        for (const [at, changed] of changes.entries()) {
          if (equalBytes(changed, ext)) continue;
          const header = { ...block.header, ext: changed };
          // A long ext is mostly of signatures: there the others, whose seal is wrong already, seal some of them only.
          const sealers = at < 40 || at % 8 === 0 ? subject.keys : [block.producer];
          for (const key of sealers) refused(subject, block, header, resealed(subject, header, key), 'with another ext');
        }
      }
    },
  },
  {
    name: 'names the author of a block before its body is executed',
    run: async (create) => {
      const subject = await create();
      const { rules } = subject.consensus;
      if (rules.author === undefined) return;
      for (const block of await history(subject)) {
        const { height, timeMs, ext } = block.header;
        const author = rules.author(block.parentContext, { height, timeMs, ext });
        must(author.length === 20, `the account of an author has ${author.length} bytes`);
        must(equalBytes(author, rules.author(rules.decode(rules.encode(block.parentContext)), { height, timeMs, ext })), 'the author changes when the context is stored');
        must(equalBytes(author, rules.author(block.parentContext, block.header)), 'the author depends on what is known only after execution');
      }
    },
  },
  {
    name: 'a header of the future is parked, and one of the present is not',
    run: async (create) => {
      const subject = await create();
      const { rules } = subject.consensus;
      must(rules.driftMs >= 0 && rules.driftMs <= 500, `a drift of ${rules.driftMs} ms is too much`);
      for (const block of await history(subject)) {
        must(rules.earliest(block.parentContext, block.header) - rules.driftMs <= block.atMs, 'a header that is due was parked');
        const later = { ...block.header, timeMs: block.header.timeMs + HOUR_MS };
        must(rules.earliest(block.parentContext, later) - rules.driftMs > block.atMs, 'a header from one hour ahead was not parked');
        must(rules.isTimely(block.parentContext, block.header, block.atMs), 'a block in its own slot is not timely');
        must(!rules.isTimely(block.parentContext, block.header, block.atMs + HOUR_MS), 'a block is timely an hour after its slot');
      }
    },
  },
  {
    name: 'finality moves, never back, and never above the block that brings it',
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject);
      await bench.run(4 * subject.keys.length + 4);
      await bench.close();
      let last = 0;
      for (const { finalises, header } of bench.blocks) {
        if (finalises === undefined) continue;
        must(finalises >= last, `finality fell from ${last} to ${finalises}`);
        must(finalises <= header.height, `the header at ${header.height} finalises ${finalises}`);
        last = finalises;
      }
      must(last > 0, 'nothing became final');
      must(isSameFinal(subject, bench.tree.final.height, last), `the rules say that ${last} is final, the engine said ${bench.tree.final.height}`);
    },
  },
  {
    name: 'with instant finality a block has no rank before its certificate, and is final with it',
    run: async (create) => {
      const subject = await create();
      if (subject.provides?.finality !== 'instant') return;
      const bench = createBench(subject);
      await bench.run(2 * subject.keys.length + 2);
      await bench.close();
      must(bench.blocks.length > 0, 'no blocks were produced');
      const light = () => createHeaderChain({ rules: subject.consensus.rules, spec: subject.spec, genesis: subject.genesis, blockId: (header) => subject.blockId(header) });
      for (const { id, header, finalises } of bench.blocks) {
        const before = bench.uncertified.find((one) => equalBytes(one.id, id));
        must(before !== undefined, `the block at height ${header.height} had a rank when only its maker had sealed it`);
        must(finalises === header.height, `the certificate of height ${header.height} finalises ${finalises}`);
        const chain = light();
        must(chain.extend(bench.branch.slice(0, header.height - 1)).ok && !chain.extend([before]).ok, `a light client followed the header at height ${header.height} without its certificate`);
      }
    },
  },
  {
    name: 'what is safe lies on the branch, and never falls along it',
    run: async (create) => {
      const subject = await create();
      const { rules } = subject.consensus;
      for (const { header, parentContext, context } of await history(subject)) {
        const [before, now] = [rules.safeHeight?.(parentContext) ?? 0, rules.safeHeight?.(context) ?? 0];
        must(Number.isSafeInteger(now) && now >= 0 && now <= header.height, `the context of height ${header.height} calls ${now} safe`);
        must(now >= before, `what is safe fell from ${before} to ${now}`);
      }
    },
  },
  {
    name: 'a restart never builds twice for one slot',
    run: async (create) => {
      const subject = await create();
      let bench = createBench(subject, { nodes: [subject.keys], onBuild: () => 'fail' });
      const times = new Set<number>();
      for (let restart = 0; restart < 6; restart++) {
        for (let fired = 0; fired < 200 && bench.builds.length === 0; fired++) await bench.run(1, 1);
        must(bench.builds.length > 0, 'the engine asked for no build');
        for (const build of bench.builds) {
          must(!times.has(build.timeMs), `two builds for the time ${build.timeMs}`);
          times.add(build.timeMs);
        }
        // The crash comes right after the build was asked for; the clock stands.
        await bench.close();
        const { time, saved } = bench;
        bench = createBench(subject, { nodes: [subject.keys], time, ...(saved === undefined ? {} : { saved }), onBuild: () => 'fail' });
        await bench.settle();
        time.advance(0);
        await bench.settle();
      }
      await bench.close();
    },
  },
  {
    name: 'what must be remembered is durable before a block is built',
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject, { nodes: [subject.keys] });
      await bench.run(subject.keys.length + 2);
      await bench.close();
      bench.log.forEach((entry, i) => must(entry !== 'build' || bench.log[i - 1] === 'persist', 'a build was asked for before the slot was durable'));
    },
  },
  {
    name: 'the signer guard allows every signature of an honest run',
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject);
      await bench.run(2 * subject.keys.length + 2);
      await bench.close();
      const guard = createSignerGuard({ load: async () => undefined, save: async () => undefined });
      for (const { key, guard: asked } of bench.guards) {
        const verdict = await guard.allow(key, asked);
        must(verdict.ok, 'the guard refused an honest signature');
        must(!(await guard.allow(key, asked)).ok, 'the guard would allow the same signature twice');
      }
    },
  },
  {
    name: 'an engine without keys builds nothing',
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject, { nodes: [[]] });
      await bench.run(1, 20);
      await bench.close();
      must(bench.builds.length === 0 && bench.guards.length === 0, 'an engine without keys asked for a build or a signature');
    },
  },
  {
    name: 'a light client reaches the same tip and the same final block',
    run: async (create) => {
      const subject = await create();
      const bench = createBench(subject);
      await bench.run(3 * subject.keys.length + 3);
      await bench.close();
      const chain = createHeaderChain({ rules: subject.consensus.rules, spec: subject.spec, genesis: subject.genesis, blockId: (header) => subject.blockId(header) });
      const verdict = chain.extend(bench.branch);
      must(verdict.ok, 'the light client refused an honest header');
      const same = chain.final.height === 0 ? subject.genesis : bench.blocks.find(({ id }) => equalBytes(id, chain.final.id))?.header;
      must(equalBytes(chain.tip.id, bench.tree.head.id) && same?.height === chain.final.height && isSameFinal(subject, bench.tree.final.height, chain.final.height), 'the light client is elsewhere than the node');
    },
  },
  {
    name: 'a light client that begins at a final header judges as one that came from genesis',
    run: async (create) => {
      const subject = await create();
      const { consensus: { rules }, spec, genesis } = subject;
      const options = { rules, spec, genesis, blockId: (header: Header) => subject.blockId(header) };
      const blocks = await history(subject);
      for (let length = 0; length <= blocks.length; length++) {
        const whole = createHeaderChain(options);
        must(whole.extend(blocks.slice(0, length)).ok, 'the light client refused an honest header');
        const { id, height, header, context, rank } = whole.final;
        const later = createHeaderChain({ ...options, from: { id, height, header, rank, context: rules.decode(rules.encode(context)) } });
        must(whole.extend(blocks.slice(length)).ok && later.extend(blocks.slice(height)).ok, `an honest header is refused after a beginning at height ${height}`);
        const told = [whole, later].map(({ tip, final }) => `${toHex(tip.id)} ${tip.rank?.join()} ${toHex(rules.encode(tip.context))} ${toHex(final.id)}`);
        must(told[0] === told[1], `after a beginning at height ${height} the same headers lead elsewhere`);
        const broken = blocks.slice(-1).map((block) => ({ ...block, seal: new Uint8Array(block.seal.length) }));
        const [first, second] = [whole, later].map((chain) => chain.replaceFrom((blocks.at(-2) as BenchBlock<never>).id, broken));
        must(first?.ok === false && second?.ok === false && first.code === second.code, `after a beginning at height ${height} a broken seal is judged otherwise`);
      }
    },
  },
  {
    name: 'one producer cut off from the others comes back to their branch, and no two finals conflict',
    run: async (create) => {
      const subject = await create();
      const network = createBenchNetwork(subject);
      const run = async (): Promise<void> => network.runFor(20 * subject.keys.length * 1_000);
      await run();
      network.split(subject.keys.map((_, i) => (i === 0 ? 1 : 0)));
      await run();
      const [alone, other] = network.nodes;
      must(alone !== undefined && other !== undefined && alone.tree.get(other.tree.head.id) === undefined, 'the cut did not cut');
      await network.heal();
      await run();
      await network.close();
      const finals = new Map<number, string>();
      for (const node of network.nodes) {
        must(node.finals.size > 0, 'nothing became final at a node');
        for (const [height, id] of node.finals) {
          must((finals.get(height) ?? id) === id, `two blocks are final at height ${height}`);
          finals.set(height, id);
        }
      }
      const heights = network.nodes.map(({ tree }) => tree.head.height);
      must(Math.max(...heights) - Math.min(...heights) <= 1, `the heads are at ${heights.join()}`);
      const finalHeights = network.nodes.map(({ tree }) => tree.final.height);
      must(Math.max(...heights) - Math.min(...finalHeights) <= 2 * subject.keys.length, 'finality did not come back after the cut');
    },
  },
];
