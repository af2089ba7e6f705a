import { openProof, PROOF_NODE } from '../src/proof-format.ts';
import type { ProofNode } from '../src/proof-format.ts';

/** Each node of a proof as bytes from its kind byte to its end, in preorder with its subtree. */
function subtrees(root: Uint8Array, proof: Uint8Array): [number, number][] {
  const opened = openProof(root, proof);
  if (!opened.ok) throw new Error(opened.code);
  const spans: [number, number][] = [];
  let at = 0;
  visit(opened.value);
  return spans;

  function visit(node: ProofNode): void {
    const from = at;
    const span: [number, number] = [from, 0];
    spans.push(span);
    const edge = node.edgeBits > 0 ? 2 + node.edge.length : 0;
    at += 1 + edge + ({ [PROOF_NODE.closed]: 32, [PROOF_NODE.closedWithEdge]: 32, [PROOF_NODE.leaf]: 6 + node.key.length + node.value.length, [PROOF_NODE.leafWithoutValue]: 34 + node.key.length }[node.kind] ?? 0);
    if (node.left !== undefined && node.right !== undefined) {
      visit(node.left);
      visit(node.right);
    }
    span[1] = at;
  }
}

/** Flips, cuts, additions, and subtrees closed, dropped, doubled or exchanged. */
export function* tampered(root: Uint8Array, proof: Uint8Array, next: (below: number) => number): Generator<Uint8Array> {
  for (let i = 0; i < proof.length; i++) {
    for (const mask of [0x01, 0x80, 1 + next(255)]) {
      const flipped = proof.slice();
      flipped[i] = (flipped[i] as number) ^ mask;
      yield flipped;
    }
    yield proof.slice(0, i);
  }
  yield Uint8Array.of(...proof, 0);
  const opened = openProof(root, proof);
  const hashes: Uint8Array[] = [];
  if (opened.ok) collect(opened.value, hashes);
  const spans = subtrees(root, proof);
  for (const [n, [from, end]] of spans.entries()) {
    const part = (low: number, high: number): number[] => Array.from(proof.subarray(low, high));
    yield Uint8Array.from([...part(0, from), 0, ...(hashes[n] as Uint8Array), ...part(end, proof.length)]);
    yield Uint8Array.from([...part(0, from), ...part(end, proof.length)]);
    yield Uint8Array.from([...part(0, from), 6, ...part(end, proof.length)]);
    yield Uint8Array.from([...part(0, end), ...part(from, end), ...part(end, proof.length)]);
    for (const [from2, end2] of spans.slice(n + 1, n + 5)) {
      if (from2 < end) yield Uint8Array.from([...part(0, from), ...part(from2, end2), ...part(end, proof.length)]);
      else yield Uint8Array.from([...part(0, from), ...part(from2, end2), ...part(end, from2), ...part(from, end), ...part(end2, proof.length)]);
    }
  }
}

function collect(node: ProofNode, hashes: Uint8Array[]): void {
  hashes.push(node.hash);
  if (node.left !== undefined && node.right !== undefined) {
    collect(node.left, hashes);
    collect(node.right, hashes);
  }
}
