/** What the preload `kill-at-write` tells: durable writes and signatures of a node in their order, over all of its lives. */
export interface Ledger {
  /** Places in the order in which they were first met. */
  readonly writes: readonly string[];
  readonly signatures: number;
  /** A signature that its key must not have made, or made before its mark was durable. */
  readonly problems: readonly string[];
}

/** The record of a key: a checksum of 16 bytes, then marks that grow as their bytes do. */
const CHECK_CHARACTERS = 32;

/** Reads the lines of one node with one key. */
export function readLedger(text: string): Ledger {
  const writes: string[] = [];
  const problems: string[] = [];
  let signatures = 0;
  /** What is being written, and what is durable. */
  let marks = '';
  let durable = '';
  let renamed = '';
  /** Marks of the last signature. */
  let signed = '';
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.split(' ');
    const what = rest.join(' ');
    if (word === 'before' && !writes.includes(what)) writes.push(what);
    if (word === 'marks') marks = what.slice(CHECK_CHARACTERS);
    if (word === 'after' && what.includes('KEY') && what.endsWith(' rename')) renamed = marks;
    if (word === 'after' && what === 'signer sync' && renamed !== '') durable = renamed;
    if (word !== 'sign') continue;
    signatures++;
    if (durable === '') problems.push(`message ${what.slice(-12)} was signed before any mark was durable`);
    else if (durable <= signed) problems.push(`message ${what.slice(-12)} was signed under marks that do not go beyond those of the signature before: ${durable}`);
    signed = durable;
  }
  return { writes, signatures, problems };
}
