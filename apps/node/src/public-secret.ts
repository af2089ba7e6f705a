import { createHash } from 'node:crypto';

/** The secret of a key for development chains, which everybody can make from a word: it protects nothing. */
export function publicSecret(word: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`v devnet ${word}`).digest());
}
