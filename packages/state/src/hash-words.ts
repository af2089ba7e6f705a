/**
 * The hash of a node as eight numbers in the node itself. There are millions of nodes, and an array of bytes for each would take more memory than all
 * the rest of the node, and more time of the collector of garbage.
 */
export interface HashWords {
  /** Whether the words are set. */
  isHashed: boolean;
  h0: number;
  h1: number;
  h2: number;
  h3: number;
  h4: number;
  h5: number;
  h6: number;
  h7: number;
}

export function putHash(node: HashWords, bytes: Uint8Array, at: number): void {
  putWord(bytes, at, node.h0);
  putWord(bytes, at + 4, node.h1);
  putWord(bytes, at + 8, node.h2);
  putWord(bytes, at + 12, node.h3);
  putWord(bytes, at + 16, node.h4);
  putWord(bytes, at + 20, node.h5);
  putWord(bytes, at + 24, node.h6);
  putWord(bytes, at + 28, node.h7);
}

/** Takes the 32 bytes of a hash, which are not kept. */
export function setHash(node: HashWords, bytes: Uint8Array, at: number): void {
  node.h0 = wordAt(bytes, at);
  node.h1 = wordAt(bytes, at + 4);
  node.h2 = wordAt(bytes, at + 8);
  node.h3 = wordAt(bytes, at + 12);
  node.h4 = wordAt(bytes, at + 16);
  node.h5 = wordAt(bytes, at + 20);
  node.h6 = wordAt(bytes, at + 24);
  node.h7 = wordAt(bytes, at + 28);
  node.isHashed = true;
}

/** Of two nodes that have theirs. */
export function isSameHash(a: HashWords, b: HashWords): boolean {
  return a.h0 === b.h0 && a.h1 === b.h1 && a.h2 === b.h2 && a.h3 === b.h3 && a.h4 === b.h4 && a.h5 === b.h5 && a.h6 === b.h6 && a.h7 === b.h7;
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >> 8;
  bytes[at + 2] = word >> 16;
  bytes[at + 3] = word >> 24;
}

/** Signed: such a number has its place in the node, and needs no object of its own. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}
