/** Limits and defaults of this package; each can be set where it is used. */
export const driverLimits = {
  /** Proven rows that one read looks through where no index answers it; `scanMax` of a read sets another. */
  scanMax: 10_000,
  /** Transactions of one lane that wait for a block; further writes wait before they are signed. */
  waitingMax: 64,
  /** Blocks that a transaction may wait for. */
  validBlocks: 600,
  /** Time after which a transaction that no block takes is an error, in milliseconds. */
  stalledMs: 120_000,
  /** How often a write that met another one is prepared anew from what is there then. */
  conflictTriesMax: 5,
  /** How often the next sequence of a lane is tried when another program writes with the same key. */
  sequenceTriesMax: 256,
  /** Wait before a transaction is sent again to a node that did not answer, in milliseconds; each further one waits twice as long, up to the second. */
  resendMs: 100,
  resendMsMax: 5_000,
  /** A head older than this is no longer taken for the newest, in milliseconds: answers say `stale`. */
  staleMs: 60_000,
  /** Changes in blocks that are not final, which a watch keeps to take them back with their documents; older ones are taken back by their id. */
  watchedChangesMax: 10_000,
} as const;
