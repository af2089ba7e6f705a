import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { findFreePort } from '../src/index.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function occupy(port = 0): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('steps over a busy port and says so', async () => {
  const busy = await occupy();
  const found = await findFreePort({ from: busy });
  expect(found).toMatchObject({ ok: true, value: { steppedOver: expect.arrayContaining([busy]) } });
  if (found.ok) expect(await occupy(found.value.port)).toBe(found.value.port);
});

test('gives up after as many tries as it may', async () => {
  const busy = await occupy();
  expect(await findFreePort({ from: busy, triesMax: 1 })).toMatchObject({ ok: false, code: 'INTERNET_PORTS_BUSY', data: { steppedOver: [busy] } });
  expect(await findFreePort({ from: 65_536 })).toMatchObject({ ok: false, code: 'INTERNET_PORTS_BUSY' });
});

test('refuses a host that is not of this machine', async () => {
  expect(await findFreePort({ host: '192.0.2.1', from: 40_000 })).toMatchObject({ ok: false, code: 'INTERNET_HOST_UNUSABLE' });
});

test('lets the system choose', async () => {
  expect(await findFreePort({ from: 0 })).toMatchObject({ ok: true, value: { port: expect.any(Number), steppedOver: [] } });
});
