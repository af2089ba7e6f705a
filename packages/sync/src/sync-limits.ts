/** Every limit of the sync protocol, with its unit. */
export const SYNC_LIMITS = {
  /** A gossiped block, header and seal included. */
  blockBytesMax: 4_194_304,
  blocksPerPeerPerSecondMax: 64,
  /** A gossiped batch of transactions. */
  batchBytesMax: 524_288,
  /** What a batch of ours gathers before it goes out. A single larger transaction travels alone. */
  batchBytesWanted: 102_400,
  batchItemsMax: 1_000,
  batchDelayMs: 25,
  batchesPerPeerPerSecondMax: 256,
  /** Messages of one peer to the consensus engine that are being judged, beside those of the topic. */
  consensusConcurrentPerPeerMax: 8,
  /** Points for a message to the consensus engine, sent to us alone, that it rejects. */
  rejectedMessageScore: -10,
  /** Blocks that an engine asked for by name and waits for. */
  fetchingMax: 16,
  locatorIdsMax: 64,
  headersPerReplyMax: 512,
  headersReplyBytesMax: 2_097_152,
  bodiesPerRequestMax: 64,
  bodiesReplyBytesMax: 8_388_608,
  /** Of waiting transactions, for a peer that joins. */
  poolReplyBytesMax: 4_194_304,
  requestsPerPeerPerSecondMax: 64,
  requestsConcurrentPerPeerMax: 8,
  /** Blocks from the near future that wait for their time. */
  parkedMax: 64,
  /** How often peers are asked for their head. */
  probeMs: 3_000,
  /** How long a peer that failed us is left alone. */
  cooldownMs: 5_000,
} as const;
