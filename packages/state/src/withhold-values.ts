import { compareBytes, concatBytes, invariant } from '@vsys/primitives';
import { sha256 } from '@vsys/crypto/hash';
import { openProof, PROOF_NODE, type ProofNode } from './proof-format.ts';

/**
 * The same proof with only the hashes of some values: it leads to the same root. Keys that it does not open are passed over.
 *
 * @param proof - that a view of this root made
 */
export function withholdValues(root: Uint8Array, proof: Uint8Array, keys: readonly Uint8Array[]): Uint8Array {
  const opened = openProof(root, proof);
  invariant(opened.ok, 'values are withheld from a proof that was just made');
  const withheld = keys.toSorted(compareBytes);
  const parts: Uint8Array[] = [];
  let at = 0;
  const stack: ProofNode[] = [opened.value];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const end = at + lengthOf(node);
    parts.push(node.kind === PROOF_NODE.leaf && includes(withheld, node.key) ? withoutValue(node) : proof.subarray(at, end));
    at = end;
    if (node.left !== undefined && node.right !== undefined) stack.push(node.right, node.left);
  }
  return concatBytes(...parts);
}

/** Bytes of a node without what lies below it. */
function lengthOf({ kind, key, value, edge, edgeBits }: ProofNode): number {
  const edgeBytes = edgeBits > 0 ? 2 + edge.length : 0;
  switch (kind) {
    case PROOF_NODE.leaf: return 7 + key.length + value.length;
    case PROOF_NODE.leafWithoutValue: return 35 + key.length;
    case PROOF_NODE.closed: case PROOF_NODE.closedWithEdge: return 33 + edgeBytes;
    default: return 1 + edgeBytes;
  }
}

function withoutValue({ key, value }: ProofNode): Uint8Array {
  return concatBytes(Uint8Array.of(PROOF_NODE.leafWithoutValue, key.length >> 8, key.length & 0xff), key, sha256(value));
}

function includes(sorted: readonly Uint8Array[], key: Uint8Array): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes(sorted[middle] as Uint8Array, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && compareBytes(sorted[low] as Uint8Array, key) === 0;
}
