import { clientFailureOfRpc } from './client-failure.ts';

/** Bytes that a node sent. @throws ClientError CLIENT_BAD_ANSWER */
export function bytesFromBase64(text: unknown): Uint8Array {
  if (typeof text !== 'string' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw clientFailureOfRpc('CLIENT_BAD_ANSWER', 'the node sent something else than bytes');
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
