import { compareRanks } from '@vsys/block-tree';
import { equalBytes, toHex } from '@vsys/primitives';
import { createBench } from './compliance-bench.ts';
import type { BenchBlock, ConsensusSubject } from './compliance-bench.ts';
import { blocksUntilStall, history, must } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';

const CONTEXT_BYTES_MAX = 64 * 1024;
const HOUR_MS = 3_600_000;

/** What the fold over headers owes: the same answers everywhere, and contexts that survive storage. */
export const foldChecks: readonly ConsensusCheck[] = [
  {
    property: 'replay',
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
    property: 'state',
    name: 'a context survives encoding and stays within 64 KiB',
    run: async (create) => {
      const subject = await create();
      const { rules } = subject.consensus;
      // Not until a height: an engine that reads damaged contexts may stall.
      for (const block of await blocksUntilStall(subject)) {
        const bytes = rules.encode(block.context);
        must(bytes.length <= CONTEXT_BYTES_MAX, `a context has ${bytes.length} bytes`);
        must(equalBytes(rules.encode(rules.decode(bytes)), bytes), 'a context does not re-encode to itself');
        const stepped = rules.step(rules.decode(rules.encode(block.parentContext)), block);
        must(stepped.ok && equalBytes(rules.encode(stepped.value.context), bytes), 'a decoded context leads elsewhere than the one that was encoded');
      }
    },
  },
  {
    property: 'agreement',
    name: 'rank grows strictly along a branch',
    run: async (create) => {
      const subject = await create();
      // Not until a height: the head would not follow a rank that stands still.
      for (const { rank, parentRank, header } of await blocksUntilStall(subject)) {
        if (rank !== null && parentRank !== null) must(compareRanks(rank, parentRank) > 0, `the rank at height ${header.height} is not above its parent's`);
      }
    },
  },
  {
    property: 'validity',
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
    property: 'clock skew',
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
];
