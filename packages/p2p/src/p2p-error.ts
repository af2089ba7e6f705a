import { CodedError } from '@vsys/primitives';

/** Misuse by the caller, or a machine that does not let the host listen; the codes with causes and remedies are in the README. */
export class P2pError extends CodedError<
  | 'P2P_STOPPED'
  | 'P2P_CHAIN_JOINED'
  | 'P2P_LIMIT'
  | 'P2P_TOPIC_UNKNOWN'
  | 'P2P_MESSAGE_TOO_LARGE'
  | 'P2P_PROTOCOL_NOT_JOINED'
  | 'P2P_LISTEN'
  | 'P2P_ADDRESS_INVALID'
> {}

/** What a peer's host may answer in place of the rule that was asked. */
export const HOST_REFUSALS = [
  'P2P_BANNED',
  'P2P_CHAIN_UNKNOWN',
  'P2P_VERSION_MISMATCH',
  'P2P_HANDSHAKE_FIRST',
  'P2P_PROTOCOL_UNKNOWN',
  'P2P_MALFORMED',
  'P2P_TOO_LARGE',
  'P2P_RATE_LIMITED',
  'P2P_BUSY',
  'P2P_SERVE_FAILED',
  'P2P_STOPPED',
] as const;

/** Codes of expected refusals: the network, the peer or a limit said no. */
export type P2pRefusal =
  | (typeof HOST_REFUSALS)[number]
  | 'P2P_ADDRESS_INVALID'
  | 'P2P_DIAL_FAILED'
  | 'P2P_PEERS_FULL'
  | 'P2P_PEER_UNKNOWN'
  | 'P2P_TIMEOUT'
  | 'P2P_ABORTED'
  | 'P2P_DISCONNECTED'
  | 'P2P_REFUSED';

export function isHostRefusal(code: string): code is (typeof HOST_REFUSALS)[number] {
  return (HOST_REFUSALS as readonly string[]).includes(code);
}
