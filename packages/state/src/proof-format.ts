/**
 * The one proof format (docs/spec/state.md §4): the tree in preorder, left before right, with subtrees closed that do not matter.
 * Reading is iterative and bounded: a proof comes from a stranger.
 */
import { accept, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { sha256, sha256Pairs } from '@vsys/crypto/hash';
import { bitAt, packedBit, setPackedBit } from './key-bits.ts';
import { PROOF_BYTES_MAX, STATE_KEY_BITS_MAX, STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX } from './limits.ts';
import { edgePreimage, leafPreimage } from './node-preimage.ts';

export type ProofCode = 'PROOF_MALFORMED' | 'PROOF_TOO_LARGE' | 'PROOF_ROOT' | 'PROOF_INCOMPLETE' | 'PROOF_NOT_MINIMAL' | 'PROOF_QUERY';

/** First byte of each node. */
export const PROOF_NODE = { closed: 0, leaf: 1, leafWithoutValue: 2, inner: 3, innerWithEdge: 4, closedWithEdge: 5, empty: 6 } as const;

export interface ProofNode {
  readonly kind: number;
  /** Bits of the path above the edge. */
  readonly start: number;
  /** Bits of the edge, packed. */
  readonly edge: Uint8Array;
  readonly edgeBits: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** SHA-256 of the value of a leaf that comes without it. */
  readonly valueHash: Uint8Array;
  hash: Uint8Array;
  left: ProofNode | undefined;
  right: ProofNode | undefined;
  used: boolean;
}

const NONE = new Uint8Array(0);

/** Reads a proof and checks it against a root: every node opened is then a node of that tree, at that place. */
export function openProof(root: Uint8Array, proof: Uint8Array): Verdict<ProofNode, ProofCode> {
  if (proof.length > PROOF_BYTES_MAX) return refuse('PROOF_TOO_LARGE', `the proof has ${proof.length} bytes, the most is ${PROOF_BYTES_MAX}`);
  const nodes = readNodes(proof);
  if (nodes === undefined) return refuse('PROOF_MALFORMED', 'the proof is not a tree in the proof format');
  // Children come after their parents, so backwards every child is hashed before its parent.
  const pair = new Uint8Array(64);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as ProofNode;
    if (node.left !== undefined && node.right !== undefined) {
      pair.set(node.left.hash, 0);
      pair.set(node.right.hash, 32);
      node.hash = new Uint8Array(32);
      sha256Pairs(pair, node.hash);
    }
    if (node.edgeBits > 0) node.hash = sha256(edgePreimage(node.edge, node.edgeBits, node.hash));
  }
  const top = nodes[0] as ProofNode;
  if (root.length !== 32 || !top.hash.every((byte, i) => byte === root[i])) return refuse('PROOF_ROOT', 'the proof is of another root');
  return accept(top);
}

function readNodes(proof: Uint8Array): ProofNode[] | undefined {
  const nodes: ProofNode[] = [];
  const open: ProofNode[] = [];
  const path = new Uint8Array((STATE_KEY_BITS_MAX >> 3) + 1);
  let offset = 0;
  do {
    const parent = open.at(-1);
    let start = 0;
    if (parent !== undefined) {
      const branch = parent.start + parent.edgeBits;
      setPackedBit(path, branch, parent.left === undefined ? 0 : 1);
      start = branch + 1;
    }
    const read = readNode(proof, offset, start);
    if (read === undefined || (read.node.kind === PROOF_NODE.empty && parent !== undefined)) return undefined;
    const { node } = read;
    if (!fitsPath(node, path)) return undefined;
    offset = read.end;
    nodes.push(node);
    if (parent !== undefined) {
      if (parent.left === undefined) parent.left = node;
      else {
        parent.right = node;
        open.pop();
      }
    }
    if (node.kind === PROOF_NODE.inner || node.kind === PROOF_NODE.innerWithEdge) open.push(node);
  } while (open.length > 0);
  return offset === proof.length ? nodes : undefined;
}

/** Writes the node's edge into the path; false for a leaf whose key does not begin with the path. */
function fitsPath(node: ProofNode, path: Uint8Array): boolean {
  for (let i = 0; i < node.edgeBits; i++) setPackedBit(path, node.start + i, packedBit(node.edge, i));
  if (node.kind !== PROOF_NODE.leaf && node.kind !== PROOF_NODE.leafWithoutValue) return true;
  if (node.start > 9 * node.key.length + 1) return false;
  for (let i = 0; i < node.start; i++) if (bitAt(node.key, i) !== packedBit(path, i)) return false;
  return true;
}

function readNode(proof: Uint8Array, from: number, start: number): { node: ProofNode; end: number } | undefined {
  const kind = proof[from];
  if (kind === undefined || kind > PROOF_NODE.empty) return undefined;
  const node: ProofNode = { kind, start, edge: NONE, edgeBits: 0, key: NONE, value: NONE, valueHash: NONE, hash: NONE, left: undefined, right: undefined, used: false };
  let at = from + 1;
  if (kind === PROOF_NODE.empty) return { node: { ...node, hash: new Uint8Array(32) }, end: at };
  if (kind === PROOF_NODE.closed) return withHash(node);
  if (kind === PROOF_NODE.inner) return start >= STATE_KEY_BITS_MAX ? undefined : { node, end: at };
  if (proof.length < at + 2) return undefined;
  const count = ((proof[at] as number) << 8) | (proof[at + 1] as number);
  at += 2;
  if (kind === PROOF_NODE.leaf || kind === PROOF_NODE.leafWithoutValue) {
    if (count > STATE_KEY_BYTES_MAX || proof.length < at + count + 4) return undefined;
    const key = proof.slice(at, at + count);
    at += count;
    if (kind === PROOF_NODE.leafWithoutValue) return withHash({ ...node, key }, (valueHash) => sha256(leafPreimage(key, valueHash)));
    const length = new DataView(proof.buffer, proof.byteOffset + at, 4).getUint32(0);
    at += 4;
    if (length > STATE_VALUE_BYTES_MAX || proof.length < at + length) return undefined;
    const value = proof.slice(at, at + length);
    return { node: { ...node, key, value, hash: sha256(leafPreimage(key, sha256(value))) }, end: at + length };
  }
  const bytes = Math.ceil(count / 8);
  if (count === 0 || start + count >= STATE_KEY_BITS_MAX || proof.length < at + bytes) return undefined;
  const edge = proof.slice(at, at + bytes);
  at += bytes;
  for (let i = count; i < 8 * bytes; i++) if (packedBit(edge, i) === 1) return undefined;
  if (kind === PROOF_NODE.innerWithEdge) return { node: { ...node, edge, edgeBits: count }, end: at };
  return withHash({ ...node, edge, edgeBits: count });

  function withHash(known: ProofNode, through: (hash: Uint8Array) => Uint8Array = (hash) => hash): { node: ProofNode; end: number } | undefined {
    if (proof.length < at + 32) return undefined;
    const hash = proof.slice(at, at + 32);
    return { node: { ...known, ...(known.kind === PROOF_NODE.leafWithoutValue ? { valueHash: hash } : {}), hash: through(hash) }, end: at + 32 };
  }
}
