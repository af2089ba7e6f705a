/** Every limit of a host in one table. Rules of topics and protocols may be stricter, never looser. */
export interface P2pLimits {
  /** Connected peers, all chains together. */
  readonly peersMax: number;
  /** Chains joined at the same time. */
  readonly chainsMax: number;
  /** Bytes of one gossip message: what any topic's `bytesMax` may ask. */
  readonly gossipBytesMax: number;
  /** Bytes of one request: what any protocol's `requestBytesMax` may ask. */
  readonly requestBytesMax: number;
  /** Bytes of one response: what any protocol's `responseBytesMax` may ask. */
  readonly responseBytesMax: number;
  /** Requests of ours without an answer yet, to all peers. */
  readonly pendingRequestsMax: number;
  /** Requests of ours without an answer yet, to one peer. */
  readonly pendingRequestsPerPeerMax: number;
  /** Requests of others being served, all peers and protocols. */
  readonly servingMax: number;
  /** Gossip messages being validated, all topics. More are ignored. */
  readonly validatingMax: number;
  readonly dialTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  /** Further tries after a handshake that timed out or broke off; a refusal is final for the connection. */
  readonly handshakeRetriesMax: number;
  /** Handshakes a peer may start per second, all chains. */
  readonly handshakesPerPeerPerSecondMax: number;
  readonly requestTimeoutMs: number;
  readonly serveTimeoutMs: number;
  /** Seconds of its rate that a peer may use at once. */
  readonly burstSeconds: number;
  /** Points below which a peer is banned. */
  readonly banScore: number;
  readonly banMs: number;
  /** Points a peer can save up. */
  readonly scoreMax: number;
  /** After this time a score counts half. */
  readonly scoreHalfLifeMs: number;
  /** Scores and bans remembered; the oldest go first. */
  readonly scoredPeersMax: number;
  /** Points for a frame that does not parse. */
  readonly malformedScore: number;
  /** Points for a message, request or response above its limit. */
  readonly oversizeScore: number;
  /** Points for a gossip message that its rule rejects. */
  readonly rejectedScore: number;
  /** Points for each message or request above the rate. */
  readonly rateScore: number;
}

export const P2P_LIMITS: P2pLimits = {
  peersMax: 64,
  chainsMax: 256,
  gossipBytesMax: 4 * 1024 * 1024,
  requestBytesMax: 4 * 1024 * 1024,
  responseBytesMax: 16 * 1024 * 1024,
  pendingRequestsMax: 256,
  pendingRequestsPerPeerMax: 32,
  servingMax: 128,
  validatingMax: 1024,
  dialTimeoutMs: 10_000,
  handshakeTimeoutMs: 5_000,
  handshakeRetriesMax: 3,
  handshakesPerPeerPerSecondMax: 300,
  requestTimeoutMs: 10_000,
  serveTimeoutMs: 10_000,
  burstSeconds: 2,
  banScore: -100,
  banMs: 60 * 60 * 1000,
  scoreMax: 100,
  scoreHalfLifeMs: 10 * 60 * 1000,
  scoredPeersMax: 10_000,
  malformedScore: -25,
  oversizeScore: -25,
  rejectedScore: -10,
  rateScore: -1,
};

/** Bytes of a frame's head: kind, chain id and a name. */
export const FRAME_HEAD_BYTES_MAX: number = 128;
/** Bytes of a handshake in either direction. */
export const HANDSHAKE_BYTES_MAX: number = 1024;
/** Bytes of a refusal on the wire. */
export const REFUSAL_BYTES_MAX: number = 512;
