/** Defaults and limits of the client. */
export const clientLimits = {
  /** Time for one call, in milliseconds; `timeoutMs` sets another. */
  timeoutMs: 15_000,
  /** Time that `waitFor` waits, in milliseconds, unless told. */
  waitMs: 60_000,
  /** Longest answer that is read; `answerBytesMax` sets another. */
  answerBytesMax: 67_108_864,
  /** Verified headers of which height, id and state root are kept, newest first: what answers can be checked under. */
  headersKeptMax: 16_384,
  /** Headers of another branch that are gathered until they outrank ours: as many as a header chain keeps. */
  branchMax: 4_096,
  /** Final headers that a node is ahead by before the client asks for a certificate in place of them all. */
  jumpMin: 2_048,
  /** Headers below the node's head that are followed one by one even then, so that answers of the last blocks can be checked. */
  jumpTail: 512,
  /** Events that wait for their reader. At more the connection is given up, and resumed when they were read. */
  eventsWaitingMax: 1_024,
  /** After so long without a word on a subscription the node is asked for one; after as long again the connection is given up. */
  idleMs: 20_000,
  /** Wait before the first new connection of a subscription; each further one waits twice as long, up to `reconnectMsMax`. */
  reconnectMs: 250,
  reconnectMsMax: 30_000,
} as const;
