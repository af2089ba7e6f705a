import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { headerCheckpointFromBytes, headerCheckpointToBytes } from '@vsys/consensus/rules';
import { taggedHash } from '@vsys/crypto/hash';
import { sealedHeaderFromBytes, sealedHeaderToBytes } from '@vsys/data-format';
import { concatBytes, fromHex, toHex, type VirtualTime } from '@vsys/primitives';
import { type Client, ClientError, createClient } from '../src/client.ts';
import { toBase64 } from '../src/client/base64.ts';
import type { RpcResult } from '../src/contract.ts';
import { apiOf, bytesOf, changing, failureOf, fill, type Lie, ofAge, type Served, serveLies, trustIn } from './client-support.ts';
import { newTime, pass, type Running, runChain, seats } from './support.ts';

type Headers = RpcResult<'chain_headers'>;

let time: VirtualTime;
let node: Running;
let served: Served;
let checkpoint: Uint8Array;
let asked: { heights: number[] };
let lie: Lie;

beforeAll(async () => {
  time = newTime();
  node = await runChain(time);
  await fill(time, node);
  await pass(time, [node], 6_000);
  served = await serveLies(apiOf(node), (answer, method, response) => {
    if (method === 'chain_headers') asked.heights.push(...heightsOf(JSON.parse(answer) as { result: Headers }));
    return lie(answer, method, response);
  });
  tell((answer) => answer);
  using client = createClient({ url: served.url, trust: trustIn(node) });
  await client.follow();
  checkpoint = client.checkpoint();
  await pass(time, [node], 4_000);
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

function tell(next: Lie): void {
  lie = next;
  asked = { heights: [] };
}
function heightsOf({ result }: { readonly result: Headers }): number[] {
  return result.headers.map((one) => {
    const read = sealedHeaderFromBytes(bytesOf(one));
    return read.ok ? read.value.header.height : -1;
  });
}
const start = (bytes: Uint8Array | undefined = checkpoint, url = served.url): Client => createClient({ url, trust: { ...trustIn(node), checkpoint: bytes } });
const startHeight = (): number => {
  using client = start();
  return client.followed.final.height;
};
const headAt = (): { readonly height: number; readonly id: string } => ({ height: node.chain.head.height, id: toHex(node.chain.head.id) });
const resummed = (bytes: Uint8Array): Uint8Array => concatBytes(bytes.subarray(0, -32), taggedHash('v/checkpoint', bytes.subarray(0, -32)));
const changedAt = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
function begun(bytes: Uint8Array): string {
  try {
    start(bytes).close();
    return 'begun';
  } catch (error) {
    return error instanceof ClientError && error.code === 'CLIENT_CHECKPOINT' ? String(error.data['reason']) : String(error);
  }
}

describe('a client that begins at a checkpoint', () => {
  test('asks for the headers above it alone, comes to the same head, and checks answers under them', async () => {
    tell((answer) => answer);
    using client = start();
    const { followed } = client;
    expect(followed.tip).toEqual(followed.final);
    expect(followed.final.height).toBeGreaterThan(5);
    const found = await client.find(ofAge(7n));
    expect(found.documents).toHaveLength(4);
    expect(found.block).toEqual(headAt());
    expect(Math.min(...asked.heights)).toBe(followed.final.height + 1);
    using whole = createClient({ url: served.url, trust: trustIn(node) });
    expect(await whole.follow()).toEqual(client.followed);
    expect(client.checkpoint()).toEqual(whole.checkpoint());
    expect(toHex(client.checkpoint())).not.toBe(toHex(checkpoint));
  });

  test('knows its own block and none below it', async () => {
    tell((answer) => answer);
    using client = start();
    const { final } = client.followed;
    expect((await client.find(ofAge(7n), { at: final.height })).block).toEqual(final);
    expect(await failureOf(client.find(ofAge(7n), { at: final.height - 1 }))).toMatchObject({ code: 'CLIENT_BEHIND' });
  });

  test('a checkpoint of genesis is one too', async () => {
    tell((answer) => answer);
    using fresh = createClient({ url: served.url, trust: trustIn(node) });
    using client = start(fresh.checkpoint());
    expect(client.followed.final.height).toBe(0);
    expect((await client.follow()).tip).toEqual(headAt());
  });

  test('refuses every changed byte, a beginning, and nothing at all', () => {
    for (let at = 0; at < checkpoint.length; at++) expect([at, begun(changedAt(checkpoint, at))]).toEqual([at, at === 0 ? 'CHECKPOINT_VERSION' : 'CHECKPOINT_DAMAGED']);
    expect([begun(checkpoint.subarray(0, 100)), begun(new Uint8Array()), begun(checkpoint)]).toEqual(['CHECKPOINT_DAMAGED', 'CHECKPOINT_VERSION', 'begun']);
    expect(() => start(changedAt(checkpoint, 9))).toThrow(expect.objectContaining({ code: 'CLIENT_CHECKPOINT', remedy: expect.stringContaining('without it') }));
  });

  test('with a sum that fits, a changed byte of the header is refused when the headers above are asked for', async () => {
    tell((answer) => answer);
    const { spec, rules } = trustIn(node);
    const read = headerCheckpointFromBytes({ spec, rules }, checkpoint);
    if (!read.ok) throw new RangeError(read.code);
    // Each hash of the header in turn: none of these is told by the bytes alone.
    for (const name of ['parent', 'bodyRoot', 'receiptsRoot', 'stateRoot', 'historyRoot'] as const) {
      const header = { ...read.value.header, [name]: changedAt(read.value.header[name], 5) };
      using client = start(headerCheckpointToBytes({ spec, rules }, { ...read.value, header }));
      // The node does not know such a block: it begins where it can, at genesis.
      expect([name, await failureOf(client.follow())]).toMatchObject([name, { code: 'CLIENT_BEHIND', data: { reason: 'HEADER_BELOW_CHECKPOINT' } }]);
      // One that knows how to lie sends what goes on from the true one.
      tell(changing<Headers>('chain_headers', ({ headers }) => ({ headers: headers.slice(header.height) })));
      expect([name, await failureOf(client.follow())]).toMatchObject([name, { code: 'CLIENT_HEADER_REFUSED', data: { reason: expect.stringMatching(/^HEADER_/) } }]);
      expect(client.followed.tip.height).toBe(header.height);
      tell((answer) => answer);
    }
    expect(begun(resummed(changedAt(checkpoint, 1)))).toBe('CHECKPOINT_CHAIN');
  });

  test('a node that is behind it, or on another branch, is told so in one call', async () => {
    tell((answer) => answer);
    await using young = await runChain(newTime());
    await using atGenesis = await serveLies(apiOf(young), (answer) => answer);
    using first = start(checkpoint, atGenesis.url);
    expect(await failureOf(first.find(ofAge(7n)))).toMatchObject({ code: 'CLIENT_BEHIND' });
    const otherTime = newTime();
    await using other = await runChain(otherTime, seats.slice(1));
    await pass(otherTime, [other], 40_000);
    expect(other.chain.head.height).toBeGreaterThan(startHeight());
    let calls = 0;
    await using another = await serveLies(apiOf(other), (answer, method) => {
      if (method === 'chain_headers') calls++;
      return answer;
    });
    using second = start(checkpoint, another.url);
    expect(await failureOf(second.follow())).toMatchObject({ code: 'CLIENT_BEHIND', data: { reason: 'HEADER_BELOW_CHECKPOINT' }, message: expect.stringContaining('another branch') });
    expect(calls).toBe(1);
    expect(second.followed.tip.height).toBe(startHeight());
  });

  test('a node that lies about the first headers above it gets nowhere', async () => {
    const forge = (change: (header: Parameters<typeof sealedHeaderToBytes>[0]) => Parameters<typeof sealedHeaderToBytes>[0]): Lie => changing<Headers>('chain_headers', ({ headers }) => ({
      headers: headers.map((one, i) => {
        const read = sealedHeaderFromBytes(bytesOf(one));
        return read.ok && i === 0 ? toBase64(sealedHeaderToBytes(change(read.value))) : one;
      }),
    }));
    const { height } = start().followed.final;
    for (const [change, code, reason] of [
      [{ seal: 1 }, 'CLIENT_HEADER_REFUSED', 'POA_SEAL'], [{ stateRoot: 1 }, 'CLIENT_HEADER_REFUSED', 'POA_SEAL'],
      [{ parent: 1 }, 'CLIENT_HEADER_REFUSED', 'HEADER_BELOW_FINAL'], [{ height }, 'CLIENT_BEHIND', 'HEADER_BELOW_CHECKPOINT'], [{ height: 1 }, 'CLIENT_BEHIND', 'HEADER_BELOW_CHECKPOINT'],
    ] as const) {
      tell(forge(({ header, seal }) => ('seal' in change ? { header, seal: changedAt(seal, 0) } : {
        seal, header: 'height' in change ? { ...header, height: change.height } : { ...header, ...('parent' in change ? { parent: changedAt(header.parent, 0) } : { stateRoot: changedAt(header.stateRoot, 0) }) },
      })));
      using client = start();
      expect([change, await failureOf(client.follow())]).toMatchObject([change, { code, data: { reason } }]);
      expect(client.followed.tip.height).toBe(height);
    }
    // The block of the checkpoint again, then those above it: true, and taken.
    const again = await node.chain.headersAfter([fromHex(start().followed.final.id)], 512);
    const own = (await node.chain.headersAfter([node.chain.genesis.id], 512))[height - 1]!;
    tell(changing<Headers>('chain_headers', () => ({ headers: [own, ...again].map((one) => toBase64(sealedHeaderToBytes(one))) })));
    using client = start();
    expect((await client.follow()).tip).toEqual(headAt());
  });
});

test('goes over to a heavier branch above its checkpoint, and keeps the checkpoint below', async () => {
  const shared = newTime();
  await using one = await runChain(shared, seats);
  await pass(shared, [one], 10_000);
  // Two that know the same blocks; then each goes on alone, and two seats make the heavier branch.
  await using alone = await runChain(shared, seats.slice(0, 1));
  await using others = await runChain(shared, seats.slice(1));
  for (const block of one.published) for (const next of [alone, others]) await next.chain.importBlock(block);
  for (const next of [alone, others]) await next.engine.idle();
  await using follows = await serveLies(apiOf(alone), (answer) => answer);
  const trust = trustIn(one);
  using before = createClient({ url: follows.url, trust });
  await before.follow();
  const kept = before.checkpoint();
  await pass(shared, [alone, others], 5_000);
  using client = createClient({ url: follows.url, trust: { ...trust, checkpoint: kept } });
  const { final } = client.followed;
  const mine = (await client.follow()).tip;
  expect(mine.id).toBe(toHex(alone.chain.head.id));
  const shownBefore = await client.ask({ database: new Uint8Array(20), collection: 'none', filter: new Map() });
  for (const block of others.published) await alone.chain.importBlock(block);
  await alone.engine.idle();
  expect(toHex(alone.chain.head.id)).toBe(toHex(others.chain.head.id));
  const { tip } = await client.follow();
  expect(tip.id).toBe(toHex(others.chain.head.id));
  expect(tip.id).not.toBe(mine.id);
  expect(final.height).toBeGreaterThan(0);
  expect(client.verifyFind({ database: new Uint8Array(20), collection: 'none', filter: new Map() }, shownBefore)).toMatchObject({ code: 'CLIENT_BEHIND' });
  using later = createClient({ url: follows.url, trust: { ...trust, checkpoint: client.checkpoint() } });
  expect(later.followed.final.height).toBeGreaterThanOrEqual(final.height);
  expect((await later.follow()).tip).toEqual(tip);
});
