/** What must hold in every run; the code of a violation names the promise that was broken. */
export type ViolationCode =
  /** Two honest nodes held two blocks final at one height, or a final block that does not descend from the last. */
  | 'FINAL_CONFLICT'
  | 'FINAL_FELL'
  /** A transaction that was told final is not, or lies in another block. */
  | 'FINAL_LOST'
  /** A node does not know a transaction any more that it took in since it was started. */
  | 'POOL_LOST'
  | 'HEAD_OFF_FINAL'
  | 'STATE_ROOT'
  | 'SIGNED_TWICE'
  | 'SUPPLY'
  | 'LIMIT'
  /** A node stopped, or did not start, with a code that no fault explains. */
  | 'NODE_BROKEN'
  | 'HEADS_APART'
  | 'NO_PROGRESS'
  | 'TRANSACTION_MISSING'
  /** A fault reaches beyond the healing: the run would prove nothing. */
  | 'SCHEDULE';

export interface Violation {
  readonly code: ViolationCode;
  readonly message: string;
  /** From the start of the run. */
  readonly atMs: number;
}
