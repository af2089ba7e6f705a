import { createBlockTree } from '@vsys/block-tree';
import type { BlockTree } from '@vsys/block-tree';
import { describe, expect, test } from '@jest/globals';
import { entryOf, idOf, numberOf } from './support.ts';

const GENESIS = { ...entryOf(0, 999, 0, [0n]) };

function code(verdict: { readonly ok: boolean; readonly code?: string }): string | undefined {
  return verdict.ok ? undefined : verdict.code;
}

/** The code of an insertion, which asking beforehand must tell too. */
function insertCode(tree: BlockTree, id: number, parent: number, height: number): string | undefined {
  const { header } = entryOf(id, parent, height);
  const size = tree.size;
  const told = code(tree.canInsert(idOf(id), header));
  expect(tree.size).toBe(size);
  expect(code(tree.insertHeader(entryOf(id, parent, height)))).toBe(told);
  return told;
}

/** Inserts and executes children by [id, parent, height]. */
function grow(tree: BlockTree, ...blocks: readonly (readonly [number, number, number])[]): void {
  for (const [id, parent, height] of blocks) {
    expect(insertCode(tree, id, parent, height)).toBeUndefined();
    tree.markExecuted(idOf(id));
  }
}

describe('block tree', () => {
  test('refuses an unknown parent, a duplicate, a wrong height, a block below final, and too many', () => {
    const tree = createBlockTree({ genesis: GENESIS, limits: { nodesMax: 3 } });
    expect(insertCode(tree, 2, 1, 2)).toBe('TREE_UNKNOWN_PARENT');
    grow(tree, [1, 0, 1]);
    expect(insertCode(tree, 1, 0, 1)).toBe('TREE_DUPLICATE');
    expect(insertCode(tree, 2, 1, 3)).toBe('TREE_HEIGHT');
    grow(tree, [2, 1, 2]);
    expect(insertCode(tree, 3, 2, 3)).toBe('TREE_FULL');
    tree.setHead(idOf(2));
    expect(tree.setFinal(idOf(1)).ok).toBe(true);
    expect(insertCode(tree, 4, 0, 1)).toBe('TREE_BELOW_FINAL');
  });

  test('a header that was not executed is never head, and neither is a block without rank', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    tree.insertHeader(entryOf(1, 0, 1));
    expect(numberOf(tree.bestHead().id)).toBe(0);
    tree.markExecuted(idOf(1));
    expect(numberOf(tree.bestHead().id)).toBe(1);
    tree.insertHeader(entryOf(2, 1, 2, null));
    tree.markExecuted(idOf(2));
    expect(numberOf(tree.bestHead().id)).toBe(1);
  });

  test('a block without rank may be head when it is certified, and not before it is executed', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    tree.insertHeader(entryOf(1, 0, 1, null));
    tree.insertHeader(entryOf(2, 0, 1, null));
    tree.markExecuted(idOf(1));
    const certified = { seal: Uint8Array.of(7), rank: [1n], context: Uint8Array.of(8) };
    tree.certify(idOf(2), certified);
    expect(numberOf(tree.bestHead().id)).toBe(0);
    tree.certify(idOf(1), certified);
    expect(numberOf(tree.bestHead().id)).toBe(1);
    expect(tree.get(idOf(1))).toMatchObject(certified);
    expect(() => tree.certify(idOf(1), certified)).toThrow(expect.objectContaining({ code: 'TREE_MISUSE' }));
    expect(() => tree.certify(idOf(9), certified)).toThrow(expect.objectContaining({ code: 'TREE_UNKNOWN_BLOCK' }));
    tree.setHead(idOf(1));
    expect(tree.setFinal(idOf(1))).toMatchObject({ ok: true, value: { pruned: [{ height: 1 }] } });
  });

  test('equal ranks: timely first, then the smaller time, then the smaller id', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    tree.insertHeader(entryOf(3, 0, 1, [1n], { timeMs: 500 }));
    tree.insertHeader(entryOf(2, 0, 1, [1n], { timeMs: 400 }));
    tree.insertHeader(entryOf(1, 0, 1, [1n], { timeMs: 400 }));
    tree.insertHeader(entryOf(9, 0, 1, [1n], { timeMs: 900, timely: true }));
    for (const [id, best] of [[3, 3], [2, 2], [1, 1], [9, 9]] as const) {
      tree.markExecuted(idOf(id));
      expect(numberOf(tree.bestHead().id)).toBe(best);
    }
  });

  test('invalid takes its descendants along and is remembered within the limit', () => {
    const tree = createBlockTree({ genesis: GENESIS, limits: { invalidMax: 3 } });
    tree.insertHeader(entryOf(1, 0, 1));
    tree.insertHeader(entryOf(2, 1, 2));
    expect(tree.markInvalid(idOf(1), 'BAD_ROOT').map((node) => numberOf(node.id))).toEqual([1, 2]);
    expect(tree.size).toBe(1);
    expect(tree.invalidCode(idOf(2))).toBe('BAD_ROOT');
    expect(insertCode(tree, 3, 2, 3)).toBe('TREE_INVALID');
    expect(insertCode(tree, 1, 0, 1)).toBe('TREE_INVALID');
    tree.markInvalid(idOf(50), 'X');
    expect(tree.invalidCode(idOf(1))).toBeUndefined();
  });

  test('a block that lost its main-chain reference takes its branch out of the choice until it is back', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    grow(tree, [1, 0, 1], [2, 1, 2], [3, 0, 1]);
    expect(numberOf(tree.bestHead().id)).toBe(2);
    tree.setEligible(idOf(1), false);
    expect(numberOf(tree.bestHead().id)).toBe(3);
    tree.setEligible(idOf(1), true);
    expect(numberOf(tree.bestHead().id)).toBe(2);
  });

  test('the head descends from justified', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    grow(tree, [1, 0, 1], [2, 1, 2], [3, 0, 1]);
    expect(tree.setJustified(idOf(3)).ok).toBe(true);
    expect(numberOf(tree.bestHead().id)).toBe(3);
    expect(numberOf(tree.safe.id)).toBe(0);
    tree.setHead(idOf(3));
    expect(numberOf(tree.safe.id)).toBe(3);
  });

  test('final moves only along the head, gives the newly final in order, and prunes the rest', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    grow(tree, [1, 0, 1], [2, 1, 2], [3, 2, 3], [4, 0, 1], [5, 4, 2], [6, 2, 3]);
    expect(code(tree.setFinal(idOf(4)))).toBe('TREE_HEAD_ELSEWHERE');
    tree.setHead(idOf(3));
    const moved = tree.setFinal(idOf(2));
    expect(moved.ok && moved.value.finalised.map((node) => numberOf(node.id))).toEqual([1, 2]);
    expect(moved.ok && moved.value.pruned.map((node) => numberOf(node.id)).sort()).toEqual([4, 5]);
    expect(tree.size).toBe(3);
    expect(tree.get(idOf(0))).toBeUndefined();
    expect(code(tree.setFinal(idOf(77)))).toBe('TREE_UNKNOWN_BLOCK');
  });

  test('the path of a reorganisation undoes from the top and applies from the bottom', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    grow(tree, [1, 0, 1], [2, 1, 2], [3, 1, 2], [4, 3, 3]);
    const { revert, apply } = tree.path(idOf(2), idOf(4));
    expect([revert.map((node) => numberOf(node.id)), apply.map((node) => numberOf(node.id))]).toEqual([[2], [3, 4]]);
  });

  test('the locator has ten in a row, then doubles, and ends at final', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    for (let height = 1; height <= 100; height++) grow(tree, [height, height - 1, height]);
    tree.setHead(idOf(100));
    expect(tree.locator().map(numberOf)).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 89, 85, 77, 61, 29, 0]);
  });

  test('holds 100,000 blocks without finality and still answers', () => {
    const tree = createBlockTree({ genesis: GENESIS });
    for (let height = 1; height < 100_000; height++) {
      tree.insertHeader(entryOf(height, height - 1, height));
      tree.markExecuted(idOf(height));
    }
    tree.setHead(tree.bestHead().id);
    expect(tree.isAncestor(idOf(17), idOf(99_999))).toBe(true);
    expect(tree.setFinal(idOf(99_990)).ok).toBe(true);
    expect(tree.size).toBe(10);
  });
});
