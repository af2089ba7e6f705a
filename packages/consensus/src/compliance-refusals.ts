import type { Header } from '@vsys/data-format';
import { compareBytes, equalBytes } from '@vsys/primitives';
import type { BenchBlock } from './compliance-bench.ts';
import { history, isSealedByKeys, must, refused, resealed } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';


/** What no header may get away with. */
export const refusalChecks: readonly ConsensusCheck[] = [
  {
    property: 'validity',
    name: 'refuses a second block in the slot of its parent, and one before it',
    under: isSealedByKeys,
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
    property: 'validity',
    name: 'refuses a seal that is not by the producer',
    under: isSealedByKeys,
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
    property: 'validity',
    name: 'refuses an ext that does not belong to the header, whoever seals it',
    under: isSealedByKeys,
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
    property: 'validity',
    name: 'refuses a header that was changed after the work for it was done',
    under: (declared) => !isSealedByKeys(declared),
    run: async (create) => {
      const subject = await create();
      const { rules } = subject.consensus;
      let [tried, accepted] = [0, 0];
      for (const block of await history(subject)) {
        refused(subject, block, block.header, Uint8Array.of(...block.seal, 0), 'with a seal that nobody makes');
        const { ext, stateRoot, timeMs } = block.header;
        const changes: readonly Partial<Header>[] = [
          { stateRoot: stateRoot.map((byte) => byte ^ 1) }, { timeMs: timeMs + 1 }, { ext: new Uint8Array(0) }, { ext: Uint8Array.of(...ext, 0) },
          ...Array.from(ext, (_, at) => ({ ext: ext.map((byte, i) => (i === at ? byte ^ 1 : byte)) })),
        ];
        for (const change of changes) {
          const header = { ...block.header, ...change };
          tried++;
          if (rules.step(block.parentContext, { id: subject.blockId(header), header, seal: block.seal }).ok) accepted++;
        }
      }
      // A change may be lucky, as a search is: so often it is not.
      must(8 * accepted <= tried, `of ${tried} headers that were changed ${accepted} were accepted without new work`);
    },
  },
];
