/** The hashes of the node side; `proof.ts` takes the browser's. */
export { sha256, sha256Pairs } from '@vsys/crypto';
