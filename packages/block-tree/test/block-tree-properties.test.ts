import { compareRanks, createBlockTree } from '@vsys/block-tree';
import { compareBytes } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entryOf, idOf, numberOf } from './support.ts';

interface Naive {
  readonly id: number;
  readonly parent: number;
  readonly height: number;
  readonly rank: readonly bigint[];
  readonly timely: boolean;
  executed: boolean;
  eligible: boolean;
}

/** The same tree as a table that is searched from the start each time. */
class NaiveTree {
  readonly blocks = new Map<number, Naive>();
  final = 0;
  justified = 0;

  chain(id: number): number[] {
    const ids: number[] = [];
    for (let block = this.blocks.get(id); block !== undefined; block = this.blocks.get(block.parent)) ids.push(block.id);
    return ids;
  }

  best(): number {
    let best = this.blocks.get(this.justified) as Naive;
    for (const block of this.blocks.values()) {
      const chain = this.chain(block.id);
      const above = chain.slice(0, chain.indexOf(this.final)).map((id) => this.blocks.get(id) as Naive);
      if (!block.executed || !chain.includes(this.justified) || above.some((one) => !one.eligible)) continue;
      const order = compareRanks(block.rank, best.rank) || Number(block.timely) - Number(best.timely) || -compareBytes(idOf(block.id), idOf(best.id));
      if (order > 0) best = block;
    }
    return best.id;
  }

  prune(): void {
    for (const id of this.blocks.keys()) if (!this.chain(id).includes(this.final)) this.blocks.delete(id);
    for (const id of this.chain(this.final).slice(1)) this.blocks.delete(id);
  }
}

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('insert' as const), pick: fc.nat(), bonus: fc.integer({ min: 1, max: 3 }), timely: fc.boolean(), execute: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('execute' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('eligible' as const), pick: fc.nat(), eligible: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('invalid' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('final' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('justified' as const), back: fc.nat(3) }) },
);

describe('block tree against a table that is searched from the start', () => {
  test('agrees on best head, ancestry, paths and what is left, after any history', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const tree = createBlockTree({ genesis: entryOf(0, 9999, 0, [0n]) });
        const naive = new NaiveTree();
        naive.blocks.set(0, { id: 0, parent: 9999, height: 0, rank: [0n], timely: false, executed: true, eligible: true });
        let next = 1;
        const pickOf = (pick: number): Naive => [...naive.blocks.values()][pick % naive.blocks.size] as Naive;
        const execute = (block: Naive): void => {
          if (block.executed || !naive.blocks.get(block.parent)?.executed) return;
          block.executed = true;
          tree.markExecuted(idOf(block.id));
        };
        for (const one of actions) {
          if (one.kind === 'insert') {
            const parent = pickOf(one.pick);
            const block: Naive = { id: next++, parent: parent.id, height: parent.height + 1, rank: [(parent.rank[0] as bigint) + BigInt(one.bonus)], timely: one.timely, executed: false, eligible: true };
            naive.blocks.set(block.id, block);
            expect(tree.insertHeader(entryOf(block.id, block.parent, block.height, block.rank, { timely: block.timely, timeMs: 5 })).ok).toBe(true);
            if (one.execute) execute(block);
          } else if (one.kind === 'execute') execute(pickOf(one.pick));
          else if (one.kind === 'eligible') {
            const block = pickOf(one.pick);
            if (block.id === naive.final) continue;
            block.eligible = one.eligible;
            tree.setEligible(idOf(block.id), one.eligible);
          } else if (one.kind === 'invalid') {
            const block = pickOf(one.pick);
            if (block.executed) continue;
            const gone = [...naive.blocks.keys()].filter((id) => naive.chain(id).includes(block.id));
            for (const id of gone) naive.blocks.delete(id);
            expect(tree.markInvalid(idOf(block.id), 'X').map((node) => numberOf(node.id)).sort()).toEqual(gone.sort());
          } else {
            const best = naive.best();
            tree.setHead(idOf(best));
            const chain = naive.chain(best);
            const target = chain[Math.min(one.back, chain.length - 1)] as number;
            if (one.kind === 'justified') {
              naive.justified = target;
              tree.setJustified(idOf(target));
            } else {
              naive.final = target;
              if (!naive.chain(naive.justified).includes(target)) naive.justified = target;
              naive.prune();
              (naive.blocks.get(target) as Naive).eligible = true;
              expect(tree.setFinal(idOf(target)).ok).toBe(true);
            }
          }
          expect(numberOf(tree.bestHead().id)).toBe(naive.best());
          expect(tree.size).toBe(naive.blocks.size);
        }
        const ids = [...naive.blocks.keys()];
        for (const a of ids.slice(-8)) {
          for (const b of ids.slice(0, 20)) {
            expect(tree.isAncestor(idOf(b), idOf(a))).toBe(naive.chain(a).includes(b));
            const { revert, apply } = tree.path(idOf(a), idOf(b));
            expect(revert.map((node) => numberOf(node.id))).toEqual(naive.chain(a).filter((id) => !naive.chain(b).includes(id)));
            expect(apply.map((node) => numberOf(node.id)).reverse()).toEqual(naive.chain(b).filter((id) => !naive.chain(a).includes(id)));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
