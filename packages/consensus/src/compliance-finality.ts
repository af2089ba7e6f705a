import type { Header } from '@vsys/data-format';
import { equalBytes, toHex } from '@vsys/primitives';
import { createBench } from './compliance-bench.ts';
import type { BenchBlock } from './compliance-bench.ts';
import { history, must, usual } from './compliance-check.ts';
import type { ConsensusCheck, Declared } from './compliance-check.ts';
import { createHeaderChain } from './header-chain.ts';

/** Blocks by which headers may tell of finality later than the votes that made it, which only nodes see. */
const GADGET_LAG_MAX = 3;

/** What the headers of a branch make final is what the engine did: at once, or, where votes travel beside the headers, a little later. */
function isSameFinal({ provides }: Declared, byEngine: number, byHeaders: number): boolean {
  const lag = byEngine - byHeaders;
  return provides.finality === 'gadget' ? lag >= 0 && lag <= GADGET_LAG_MAX : lag === 0;
}

/** What is safe and final, to nodes and to light clients. */
export const finalityChecks: readonly ConsensusCheck[] = [
  {
    property: 'finality',
    name: 'finality moves, never back, and never above the block that brings it',
    under: ({ provides }) => provides.finality !== 'none',
    run: async (create, declared = usual) => {
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
      must(isSameFinal(declared, bench.tree.final.height, last), `the rules say that ${last} is final, the engine said ${bench.tree.final.height}`);
    },
  },
  {
    property: 'finality',
    name: 'with instant finality a block has no rank before its certificate, and is final with it',
    under: ({ provides }) => provides.finality === 'instant',
    run: async (create) => {
      const subject = await create();
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
    property: 'finality',
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
    property: 'light client',
    name: 'a light client reaches the same tip and the same final block',
    run: async (create, declared = usual) => {
      const subject = await create();
      const bench = createBench(subject);
      await bench.run(3 * subject.keys.length + 3);
      await bench.close();
      const chain = createHeaderChain({ rules: subject.consensus.rules, spec: subject.spec, genesis: subject.genesis, blockId: (header) => subject.blockId(header) });
      const verdict = chain.extend(bench.branch);
      must(verdict.ok, 'the light client refused an honest header');
      const same = chain.final.height === 0 ? subject.genesis : bench.blocks.find(({ id }) => equalBytes(id, chain.final.id))?.header;
      must(equalBytes(chain.tip.id, bench.tree.head.id) && same?.height === chain.final.height && isSameFinal(declared, bench.tree.final.height, chain.final.height), 'the light client is elsewhere than the node');
    },
  },
  {
    property: 'light client',
    name: 'a light client that begins at a final header judges as one that came from genesis',
    run: async (create) => {
      const subject = await create();
      const { consensus: { rules }, spec, genesis } = subject;
      const options = { rules, spec, genesis, blockId: (header: Header) => subject.blockId(header) };
      const blocks = await history(subject, Math.max(2 * subject.keys.length, subject.consensus.reorgBound ?? 0) + 2);
      for (let length = 0; length <= blocks.length; length++) {
        const whole = createHeaderChain(options);
        must(whole.extend(blocks.slice(0, length)).ok, 'the light client refused an honest header');
        const { id, height, header, context, rank } = whole.final;
        const later = createHeaderChain({ ...options, from: { id, height, header, rank, context: rules.decode(rules.encode(context)) } });
        must(whole.extend(blocks.slice(length)).ok && later.extend(blocks.slice(height)).ok, `an honest header is refused after a beginning at height ${height}`);
        const told = [whole, later].map(({ tip, final }) => `${toHex(tip.id)} ${tip.rank?.join()} ${toHex(rules.encode(tip.context))} ${toHex(final.id)}`);
        must(told[0] === told[1], `after a beginning at height ${height} the same headers lead elsewhere`);
        const broken = blocks.slice(-1).map((block) => ({ ...block, seal: new Uint8Array(block.seal.length + 1) }));
        const [first, second] = [whole, later].map((chain) => chain.replaceFrom((blocks.at(-2) as BenchBlock<never>).id, broken));
        must(first?.ok === false && second?.ok === false && first.code === second.code, `after a beginning at height ${height} a broken seal is judged otherwise`);
      }
    },
  },
];
