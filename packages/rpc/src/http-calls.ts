import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from '@vsys/primitives';
import { rpcLimits } from './contract.ts';
import { errorText } from './json-rpc.ts';

/** The body of a request; undefined when it is larger than a request may be, which was answered then. */
export async function readBody(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  const tooLarge = (): undefined => {
    // The rest is not read: the connection is of no more use.
    response.setHeader('connection', 'close');
    sendText(response, 413, 'application/json', errorText(null, refuse('RPC_LIMIT', `a request has at most ${rpcLimits.requestBytesMax} bytes`)));
    return undefined;
  };
  if (Number(request.headers['content-length'] ?? 0) > rpcLimits.requestBytesMax) return tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving early must not end the socket before the answer is out.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > rpcLimits.requestBytesMax) return tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' }).end(text);
}
