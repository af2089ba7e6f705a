import { describe, expect, test } from '@jest/globals';
import type { Chain, ChainBlock, ChainEvent } from '@vsys/consensus';
import type { Header } from '@vsys/data-format';
import { equalBytes } from '@vsys/primitives';
import { createJudge, type Judge } from '../src/create-judge.ts';

const id = (height: number, branch: number): Uint8Array => new Uint8Array(32).fill(branch).with(0, height);
const GENESIS = id(0, 0);

/** A block of a branch; all branches begin at genesis. */
function block(height: number, branch: number, more: Partial<Header> = {}): ChainBlock {
  const header = { height, parent: height === 1 ? GENESIS : id(height - 1, branch), gasUsed: 0n, stateRoot: id(height, branch), seatSetRoot: GENESIS, nextSeatSetRoot: GENESIS, ...more } as Header;
  return { id: height === 0 ? GENESIS : id(height, branch), height, header };
}

interface Stage { judge: Judge; found: string[]; node(index: number, head?: ChainBlock, final?: ChainBlock): { head(block: ChainBlock): void; final(block: ChainBlock): void; chain: { poolSize: number } } }

/** Chains that say what they are told to: the judge sees of a chain only what it tells. */
function stage(): Stage {
  const found: string[] = [];
  const judge = createJudge({ blockGasMax: 100n, poolMax: 10, blocksAboveFinalMax: 20 }, (kind) => void found.push(kind));
  return {
    judge, found,
    node(index, head = block(0, 0), final = block(0, 0)) {
      const state = { head, final, poolSize: 0 };
      let tell: (event: ChainEvent) => void = () => {};
      const chain = {
        get head() { return state.head; },
        get final() { return state.final; },
        pool: { get size() { return state.poolSize; }, bytes: 0 },
        treeView: { get: (wanted: Uint8Array) => (equalBytes(wanted, state.head.id) ? { ...state.head, parent: state.head.header.parent } : undefined), isAncestor: (a: Uint8Array, b: Uint8Array) => (a[0] as number) === 0 || a[1] === b[1] },
        listen: (listener: typeof tell) => { tell = listener; },
      } as unknown as Chain;
      judge.attach(index, chain);
      return {
        chain: state,
        head(next) {
          state.head = next;
          tell({ kind: 'head', head: next, revert: [], apply: [next] });
        },
        final(next) {
          state.final = next;
          tell({ kind: 'final', final: next });
        },
      };
    },
  };
}

describe('the judge', () => {
  test('is content while nodes agree', () => {
    const { judge, found, node } = stage();
    const nodes = [node(0), node(1)];
    for (let height = 1; height <= 6; height++) for (const one of nodes) one.head(block(height, 1));
    for (const one of nodes) one.final(block(4, 1));
    expect([found, judge.finalHeight]).toEqual([[], 4]);
  });

  test('finds two final blocks of one height, also below the ones that are told', () => {
    const { found, node } = stage();
    const [a, b] = [node(0), node(1)];
    for (let height = 1; height <= 3; height++) {
      a.head(block(height, 1));
      b.head(block(height, 2));
    }
    a.final(block(2, 1));
    expect(found).toEqual([]);
    b.final(block(3, 2));
    expect(found).toEqual(['final-conflict']);
  });

  test('finds a node that takes finality back, when it runs and when it starts again', () => {
    const { judge, found, node } = stage();
    const one = node(0);
    for (let height = 1; height <= 5; height++) one.head(block(height, 1));
    one.final(block(3, 1));
    one.final(block(2, 1));
    expect(found).toEqual(['final-fell']);
    node(0, block(5, 1), block(2, 1));
    expect(found).toEqual(['final-fell', 'final-fell']);
    judge.forgive(0);
    node(0, block(5, 1), block(1, 1));
    expect(found.length).toBe(2);
  });

  test('finds a head beside final, and limits that are passed', () => {
    const { found, node } = stage();
    const one = node(0);
    one.head(block(1, 1));
    one.final(block(1, 1));
    one.head(block(2, 2));
    expect(found.splice(0)).toEqual(['head-off-final']);
    one.head(block(2, 1, { gasUsed: 101n }));
    one.chain.poolSize = 11;
    one.head(block(22, 1));
    expect(found).toEqual(['limit', 'limit', 'limit']);
  });

  test('finds a key that signs two messages for one slot or target, and one that nobody asked to sign', () => {
    const { judge, found } = stage();
    const key = new Uint8Array(32);
    const message = Uint8Array.of(1);
    judge.signed(0, key, { kind: 'block', slot: 1n }, message);
    judge.signed(0, key, { kind: 'block', slot: 1n }, message);
    judge.signed(0, key, { kind: 'block', slot: 2n }, Uint8Array.of(2));
    judge.signed(0, key, { kind: 'vote', source: 0n, target: 1n }, Uint8Array.of(3));
    expect(found).toEqual([]);
    judge.signed(0, key, { kind: 'block', slot: 1n }, Uint8Array.of(4));
    judge.signed(0, key, { kind: 'vote', source: 1n, target: 1n }, Uint8Array.of(5));
    judge.signed(0, key, undefined, message);
    expect(found).toEqual(['signed-twice', 'signed-twice', 'signed-twice']);
  });
});
