import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createCaller } from '../src/client.ts';

const reply = (id: number): string => {
  const body = `{"jsonrpc":"2.0","id":${id},"result":{"chainId":"00"}}`;
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\nkeep-alive: timeout=60\r\n\r\n${body}`;
};

/** Answers or closes, as each request in turn is told; a connection is kept between them. */
async function serveInTurn(turns: readonly ('answer' | 'close')[]): Promise<{ readonly url: string; readonly seen: number } & Disposable> {
  let seen = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (data) => {
      const id = Number(/"id":(\d+)/.exec(data.toString())?.[1]);
      if (Number.isNaN(id)) return;
      if (turns[seen++] === 'answer') socket.write(reply(id));
      else socket.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = (): void => { sockets.forEach((socket) => socket.destroy()); server.close(); };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, get seen() { return seen; }, [Symbol.dispose]: stop };
}

test('asks once more on another connection when the node closed the one that was kept', async () => {
  using served = await serveInTurn(['answer', 'close', 'answer']);
  const call = createCaller({ url: served.url });
  await call('chain_info', {});
  expect(await call('chain_info', {})).toEqual({ chainId: '00' });
  expect(served.seen).toBe(3);
});

test('does not ask for ever', async () => {
  using served = await serveInTurn(['answer', 'close', 'close', 'answer']);
  const call = createCaller({ url: served.url });
  await call('chain_info', {});
  await expect(call('chain_info', {})).rejects.toMatchObject({ code: 'CLIENT_UNREACHABLE' });
  expect(served.seen).toBe(3);
});
