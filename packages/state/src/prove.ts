import { concatBytes, uint32ToBytes } from '@vsys/primitives';
import { sha256 } from './hashing.ts';
import { packBits } from './key-bits.ts';
import { PROOF_NODE } from './proof-format.ts';
import { innerHashOf, nodeHash } from './tree-node.ts';
import type { LeafNode, TreeNode } from './tree-node.ts';

/**
 * Writes the proof format.
 *
 * @param shown - how each node is shown; nodes not in it are closed
 * @param valueOf - values of the leaves shown, with or without value
 */
export function proofToBytes(root: TreeNode | undefined, shown: ReadonlyMap<TreeNode, number>, valueOf: (leaf: LeafNode) => Uint8Array): Uint8Array {
  if (root === undefined) return Uint8Array.of(PROOF_NODE.empty);
  const parts: Uint8Array[] = [];
  const stack: { node: TreeNode; start: number }[] = [{ node: root, start: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, start } = next;
    const kind = shown.get(node) ?? PROOF_NODE.closed;
    parts.push(Uint8Array.of(kind));
    if (kind === PROOF_NODE.closed) {
      parts.push(nodeHash(node, start));
    } else if (node.kind === 'leaf') {
      const value = valueOf(node);
      parts.push(uint16(node.key.length), node.key);
      if (kind === PROOF_NODE.leaf) parts.push(uint32ToBytes(value.length), value);
      else parts.push(sha256(value));
    } else {
      if (kind !== PROOF_NODE.inner) parts.push(uint16(node.bit - start), packBits(node.prefix, start, node.bit));
      if (kind === PROOF_NODE.closedWithEdge) parts.push(innerHashOf(node));
      else stack.push({ node: node.right as TreeNode, start: node.bit + 1 }, { node: node.left as TreeNode, start: node.bit + 1 });
    }
  }
  return concatBytes(...parts);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
