import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Said in the names of what is skipped without one. */
export const WHERE = '(skipped where there is none at CHROMIUM or /usr/bin/chromium)';
export const hasChromium: boolean = existsSync(CHROMIUM);

/** Reaches nothing but this machine. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
}

export interface Pages extends AsyncDisposable {
  readonly origin: string;
  /** What is served from now on, by path. */
  serve(files: ReadonlyMap<string, string>): void;
}

export async function openPages(): Promise<Pages> {
  let files: ReadonlyMap<string, string> = new Map();
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : request.url ?? '';
    const file = files.get(path);
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html' }).end(file);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(next) { files = next; },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
