import { ClientError } from '@vsys/rpc/client';

/** Bytes that a node sent. @throws ClientError CLIENT_BAD_ANSWER for what is not base64 */
export function fromBase64(text: unknown): Uint8Array {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new ClientError('CLIENT_BAD_ANSWER', 'the answer of the node is not as promised: bytes come as base64');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
