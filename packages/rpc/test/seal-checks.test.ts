import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createPoaRules, poaParamsFromBytes } from '@vsys/consensus-poa/rules';
import { verifySignature } from '@vsys/crypto';
import type { VirtualTime } from '@vsys/primitives';
import { type Client, createClient, createSealChecks, type SealChecks, type SealToCheck, type Trust } from '../src/client.ts';
import { apiOf, changing, failureOf, serve, serveLies, trustIn } from './client-support.ts';
import { newTime, pass, type Running, runChain, spec } from './support.ts';

let time: VirtualTime;
let node: Running;
let ahead: SealToCheck[];
let single: number;

beforeEach(async () => {
  time = newTime();
  node = await runChain(time);
  ahead = [];
  single = 0;
  await pass(time, [node], 6_000);
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

const checksOf = (many: boolean): SealChecks => createSealChecks(
  (key, message, signature) => {
    single++;
    return verifySignature(key, message, signature);
  },
  async () => (many ? async (items) => {
    ahead.push(...items);
    return items.map(({ publicKey, message, signature }) => verifySignature(publicKey, message, signature));
  } : undefined),
);

function clientOf(url: string, seals: SealChecks): Client {
  const params = poaParamsFromBytes(spec.consensus.params);
  if (!params.ok) throw new RangeError(params.message);
  return createClient({ url, trust: { ...trustIn(node), rules: createPoaRules(params.value, seals.verify) as Trust['rules'], seals } });
}

test('signatures of headers are checked together, each once', async () => {
  await using served = await serve(node);
  using client = clientOf(served.url, checksOf(true));
  const { tip } = await client.follow();
  expect(tip.height).toBeGreaterThan(3);
  expect(ahead).toHaveLength(tip.height);
  expect(single).toBe(0);
  await pass(time, [node], 2_000);
  const next = await client.follow();
  expect(next.tip.height).toBeGreaterThan(tip.height);
  expect([ahead.length, single]).toEqual([next.tip.height, 0]);
});

test('without anything better they are checked one after the other', async () => {
  await using served = await serve(node);
  using client = clientOf(served.url, checksOf(false));
  const { tip } = await client.follow();
  expect([ahead.length, single]).toEqual([0, tip.height]);
});

test('a seal that does not hold is refused, and what came before it is kept', async () => {
  const broken = 3;
  await using liar = await serveLies(apiOf(node), changing<{ headers: string[] }>('chain_headers', ({ headers }) => ({
    headers: headers.map((header, i) => (i === broken - 1 ? `${header.slice(0, -8)}${header.at(-8) === 'A' ? 'B' : 'A'}${header.slice(-7)}` : header)),
  })));
  using client = clientOf(liar.url, checksOf(true));
  expect(await failureOf(client.follow())).toMatchObject({ code: 'CLIENT_HEADER_REFUSED', data: { reason: 'POA_SEAL' } });
  expect(client.followed.tip.height).toBe(broken - 1);
  // Asked for again in earnest.
  expect(single).toBe(1);
});
