/** Where the native coin lies in state: for those who read proofs of it, and how it is sent. Browser-safe, unlike the main entry. */
export { balanceKey, COIN, numberFromRecord, sequenceKey, transfer } from './coin.ts';
