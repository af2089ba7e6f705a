/** Where the native coin lies in state: for those who read proofs of it. Browser-safe, unlike the main entry. */
export { balanceKey, numberFromRecord, sequenceKey } from './coin.ts';
