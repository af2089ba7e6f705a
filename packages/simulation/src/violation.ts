/** What must hold in every run; the kind of a violation names the promise that was broken. */
export type ViolationKind =
  /** Two honest nodes held two blocks final at one height, or a final block that does not descend from the last. */
  | 'final-conflict'
  | 'final-fell'
  /** A transaction that was told final is not, or lies in another block. */
  | 'final-lost'
  /** A node does not know a transaction any more that it took in since it was started. */
  | 'pool-lost'
  | 'head-off-final'
  | 'state-root'
  | 'signed-twice'
  | 'supply'
  | 'limit'
  /** A node stopped, or did not start, with a code that no fault explains. */
  | 'node-broken'
  | 'heads-apart'
  | 'no-progress'
  | 'transaction-missing'
  /** A fault reaches beyond the healing: the run would prove nothing. */
  | 'schedule';

export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
  /** From the start of the run. */
  readonly atMs: number;
}
