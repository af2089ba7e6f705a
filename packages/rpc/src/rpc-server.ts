import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError, hasCode, type Logger, refuse, silentLogger } from '@vsys/primitives';
import { WebSocketServer } from 'ws';
import { type Allowed, checkHost } from './allowed-hosts.ts';
import type { ChainApi } from './chain-api.ts';
import { rpcLimits } from './contract.ts';
import { serveConnection } from './event-connection.ts';
import { readBody, sendText } from './http-calls.ts';
import { answerJsonRpc, errorText } from './json-rpc.ts';
import { openRpcDocument } from './open-rpc.ts';

export class RpcServerError extends CodedError<'RPC_PORT_BUSY' | 'RPC_LISTEN'> {}

export interface RpcServerOptions {
  /** Address to listen at. Anything but loopback opens the node to the network. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** How many following ports are tried when one is busy; 0 by default. */
  readonly portTries?: number;
  /** Names in `Host` beside loopback's and `host` itself. */
  readonly allowedHosts?: readonly string[];
  /** Origins of pages that may call, such as `https://wallet.example`, or `*`; none by default. */
  readonly corsOrigins?: readonly string[];
}

export interface Readiness {
  readonly ready: boolean;
  /** Why not, in one sentence. */
  readonly reason?: string;
}

export interface RpcServerParts {
  readonly api: ChainApi;
  /** Whether callers should be sent here, for `/health/ready`. */
  readonly ready: () => Readiness;
  /** Body of `/metrics`, in the text format of Prometheus. */
  readonly metricsText: () => Promise<string>;
  readonly logger?: Logger;
}

export interface RpcServer {
  /** @throws RpcServerError RPC_PORT_BUSY, RPC_LISTEN */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no more, answers what is under way, ends subscriptions. */
  stop(): Promise<void>;
}

/** HTTP requests that are worked on at a time. */
const HTTP_UNDER_WAY_MAX = 256;
const CONNECTIONS_MAX = 1_024;
const REQUEST_TIME_MS = 30_000;

/**
 * JSON-RPC over HTTP (`POST /`) and WebSocket (`/`), with `/health/live`, `/health/ready`, `/metrics` and `/openrpc.json`.
 *
 * @example
 * const server = createRpcServer({ host: '127.0.0.1', port: 9930 }, { api, ready: () => ({ ready: true }), metricsText });
 * const { url } = await server.start();
 */
export function createRpcServer({ host, port, portTries = 0, allowedHosts = [], corsOrigins = [] }: RpcServerOptions, { api, ready, metricsText, logger = silentLogger }: RpcServerParts): RpcServer {
  const allowed: Allowed = { hosts: new Set(['localhost', '127.0.0.1', '[::1]', host, ...allowedHosts].map((name) => name.toLowerCase())), origins: new Set(corsOrigins) };
  let underWay = 0;

  const pages: Readonly<Record<string, () => Promise<readonly [status: number, type: string, text: string]>>> = {
    '/health/live': async () => [200, 'application/json', '{"live":true}'],
    async '/health/ready'() {
      const readiness = ready();
      return [readiness.ready ? 200 : 503, 'application/json', JSON.stringify(readiness)];
    },
    '/metrics': async () => [200, 'text/plain; version=0.0.4; charset=utf-8', await metricsText()],
    '/openrpc.json': async () => [200, 'application/json', JSON.stringify(openRpcDocument())],
  };

  const serveCall = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (underWay >= HTTP_UNDER_WAY_MAX) return sendText(response, 503, 'application/json', errorText(null, refuse('RPC_BUSY', `${HTTP_UNDER_WAY_MAX} requests are under way`)));
    underWay += 1;
    try {
      const text = await readBody(request, response);
      if (text === undefined) return;
      const answer = await answerJsonRpc(text, (method, params) => api.call(method, params));
      if (answer === undefined) response.writeHead(204).end();
      else sendText(response, 200, 'application/json', answer);
    } finally {
      underWay -= 1;
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const refused = checkHost(request, allowed);
    if (refused !== undefined) return sendText(response, 403, 'application/json', errorText(null, refused));
    if (request.headers.origin !== undefined) {
      response.setHeader('access-control-allow-origin', request.headers.origin);
      response.setHeader('vary', 'origin');
    }
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type', 'access-control-max-age': '600' }).end();
      return;
    }
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page !== undefined && (request.method === 'GET' || request.method === 'HEAD')) return sendText(response, ...await page());
    if (path === '/' && request.method === 'POST') return serveCall(request, response);
    sendText(response, path === '/' || page !== undefined ? 405 : 404, 'text/plain; charset=utf-8', `POST / takes JSON-RPC 2.0; GET answers at ${Object.keys(pages).join(', ')}\n`);
  };

  const server = createServer({ requestTimeout: REQUEST_TIME_MS, headersTimeout: REQUEST_TIME_MS }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Somebody who hangs up in the middle of a request is none of the node's failures.
      if (request.destroyed && !request.complete) return;
      logger.error('a request failed', { error });
      if (!response.headersSent) sendText(response, 500, 'application/json', errorText(null, refuse('RPC_INTERNAL', 'the node failed on its own; its log tells')));
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: rpcLimits.requestBytesMax, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    if (checkHost(request, allowed) !== undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => serveConnection(opened, api));
  });

  return {
    async start() {
      const bound = await listen(server, host, port, portTries);
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound };
    },
    async stop() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const socket of sockets.clients) socket.close(1_001, 'the node is stopping');
      server.closeIdleConnections();
      // Those who do not answer the closing handshake are not waited for.
      for (const socket of sockets.clients) setImmediate(() => socket.terminate());
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number, tries: number): Promise<number> {
  for (let at = port; ; at++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(at, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (cause) {
      if (!hasCode(cause, 'EADDRINUSE')) throw new RpcServerError('RPC_LISTEN', `cannot listen at ${host} port ${at}`, { cause });
      if (at >= port + tries || at === 65_535) throw new RpcServerError('RPC_PORT_BUSY', `port ${port}${tries === 0 ? '' : ` to ${at}`} of ${host} is taken`, { cause });
    }
  }
}
