import { once } from 'node:events';
import { BenchError } from './options.ts';

/** When a client of a node heard of each block. */
export interface SeenHeads {
  /** Time of day by block id, in hexadecimal. */
  readonly seenAtMs: ReadonlyMap<string, number>;
  close(): void;
}

/** Subscribes to the heads of a node over WebSocket. */
export async function followHeads(url: string): Promise<SeenHeads> {
  const seenAtMs = new Map<string, number>();
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { method?: string; params?: { topic: string; applied?: readonly { id: string }[] } };
    if (message.method !== 'event') return;
    if (message.params?.topic === 'gap') throw new BenchError('BENCH_FAILED', 'the bench was too slow to read the heads of a node');
    for (const { id } of message.params?.applied ?? []) if (!seenAtMs.has(id)) seenAtMs.set(id, Date.now());
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscribe', params: { topic: 'heads' } }));
  return { seenAtMs, close: () => socket.close() };
}
