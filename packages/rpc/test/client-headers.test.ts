import { describe, expect, test } from '@jest/globals';
import type { HeaderRules } from '@vsys/consensus/rules';
import { blockId, chainId, type Header, headerToBytes, type SealedHeader, sealedHeaderToBytes } from '@vsys/data-format';
import { accept, concatBytes, createSeededRandom, equalBytes, refuse, toHex, uint32FromBytes, uint32ToBytes, type VirtualTime } from '@vsys/primitives';
import { createClient } from '../src/client.ts';
import { toBase64 } from '../src/client/base64.ts';
import { followHeaders } from '../src/client/follow-headers.ts';
import type { Call } from '../src/client/http-call.ts';
import { createVerifiedHeaders, type VerifiedHeaders } from '../src/client/verified-headers.ts';
import { apiOf, failureOf, serveLies, trustIn } from './client-support.ts';
import { newTime, pass, runChain, seats, spec } from './support.ts';

/** A rule in which `ext` is the weight, and so many blocks on top make final. */
const rulesOf = (depth: number): HeaderRules<bigint> => ({
  driftMs: 0,
  genesis: () => ({ context: 0n, rank: [0n] }),
  step(weight, { header, seal }) {
    if (seal.length !== 1) return refuse('TOY_SEAL', 'no seal');
    const next = weight + BigInt(uint32FromBytes(header.ext));
    return accept({ context: next, rank: [next], ...(header.height > depth ? { finalises: header.height - depth } : {}) });
  },
  earliest: (_parent, header) => header.timeMs,
  isTimely: () => true,
  encode: (weight) => Uint8Array.of(Number(weight)),
  decode: (bytes) => BigInt(bytes[0] as number),
});

const ZERO = new Uint8Array(32);
const GENESIS: Header = {
  version: 1, chainId: chainId(spec), height: 0, parent: ZERO, timeMs: 0, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO,
  nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(),
};

/** Headers on top of one, `mark` tells branches apart. */
function branch(from: Header, count: number, weight: number, mark = 0): SealedHeader[] {
  const headers: SealedHeader[] = [];
  for (let i = 0, parent = from; i < count; i++) {
    parent = { ...GENESIS, height: parent.height + 1, parent: blockId(parent), timeMs: parent.timeMs + 10, stateRoot: new Uint8Array(32).fill(mark + 1), ext: concatBytes(uint32ToBytes(weight), Uint8Array.of(mark)) };
    headers.push({ header: parent, seal: Uint8Array.of(1) });
  }
  return headers;
}

interface Toy { headers: readonly SealedHeader[]; asked: number; readonly call: Call }

/** A node that knows these headers, genesis aside, and nothing else. */
function toyNode(headers: readonly SealedHeader[]): Toy {
  const toy: Toy = {
    headers, asked: 0,
    call: (async (_method: string, { locator, max }: { locator: readonly string[]; max: number }) => {
      toy.asked++;
      expect(locator.length).toBeLessThanOrEqual(256);
      const ids = [GENESIS, ...toy.headers.map(({ header }) => header)].map((header) => toHex(blockId(header)));
      const common = locator.find((id) => ids.includes(id));
      const from = common === undefined ? 0 : ids.indexOf(common);
      return { headers: toy.headers.slice(from, from + max).map((sealed) => toBase64(sealedHeaderToBytes(sealed))) };
    }) as Call,
  };
  return toy;
}

const verified = (depth = 1_000_000, keptMax?: number): VerifiedHeaders => createVerifiedHeaders({ spec, genesis: GENESIS, rules: rulesOf(depth) as HeaderRules }, keptMax);
const refOf = ({ header }: SealedHeader): { height: number; id: string } => ({ height: header.height, id: toHex(blockId(header)) });

describe('following by certificates', () => {
  const ours = branch(GENESIS, 900, 1);
  /** What a toy certificate shows: that the header is final, when it begins with its id; and its weight. */
  const leaping = (): VerifiedHeaders => createVerifiedHeaders({
    spec, genesis: GENESIS,
    rules: { ...rulesOf(3), certificate: (_known, { id, header }, bytes) => (equalBytes(bytes, id) ? accept({ context: BigInt(header.height), rank: [BigInt(header.height)] }) : refuse('TOY_CERTIFICATE', 'of another')) } as HeaderRules<bigint> as HeaderRules,
  });
  const limits = { jumpMin: 200, jumpTail: 100 };
  /** Gives certificates for a header as far as it is asked, at most so many blocks further; `lie` changes them. */
  const served = (most: number, lie: (id: Uint8Array) => Uint8Array = (id) => id) => {
    const toy = toyNode(ours);
    const asked: string[] = [];
    const call = (async (method: string, params: { from: string; to: number } & { locator: readonly string[]; max: number }) => {
      asked.push(method);
      if (method === 'chain_info') return { head: { height: ours.length } };
      if (method !== 'chain_jump') return toy.call(method as 'chain_headers', params);
      if (most === 0) return {};
      const from = ours.findIndex(({ header }) => toHex(blockId(header)) === params.from) + 1;
      const { header } = ours[Math.min(params.to, from + most) - 1]!;
      return { header: toBase64(headerToBytes(header)), certificate: toBase64(lie(blockId(header))) };
    }) as Call;
    return { call, asked };
  };
  const count = (asked: readonly string[], method: string): number => asked.filter((one) => one === method).length;

  test('asks for the last headers only, and answers are checked under these', async () => {
    const headers = leaping();
    const { call, asked } = served(1_000);
    const followed = await followHeaders(call, headers, limits);
    expect([followed.tip, followed.final.height]).toEqual([refOf(ours.at(-1)!), 897]);
    expect([count(asked, 'chain_jump'), count(asked, 'chain_headers')]).toEqual([1, 1]);
    expect([800, 899].map((i) => headers.stateRoot(refOf(ours[i]!))?.[0])).toEqual([1, 1]);
    expect(headers.stateRoot(refOf(ours[700]!))).toBeUndefined();
    expect((await followHeaders(call, headers, limits)).tip).toEqual(refOf(ours.at(-1)!));
    expect(count(asked, 'chain_jump')).toBe(1);
  });

  test('goes up in as many steps as the node gives, and follows where it gives none', async () => {
    const steps = served(150);
    expect((await followHeaders(steps.call, leaping(), limits)).tip).toEqual(refOf(ours.at(-1)!));
    expect(count(steps.asked, 'chain_jump')).toBe(5);
    const none = served(0);
    expect((await followHeaders(none.call, leaping(), limits)).tip).toEqual(refOf(ours.at(-1)!));
    expect(count(none.asked, 'chain_headers')).toBe(2);
  });

  test('a certificate that does not hold moves nothing: the headers are followed', async () => {
    const headers = leaping();
    const { call, asked } = served(1_000, (id) => id.with(0, id[0]! ^ 1));
    expect((await followHeaders(call, headers, limits)).tip).toEqual(refOf(ours.at(-1)!));
    expect(headers.stateRoot(refOf(ours[0]!))?.[0]).toBe(1);
    expect(count(asked, 'chain_headers')).toBe(2);
  });

  test('rules without certificates ask for none', async () => {
    const { call, asked } = served(1_000);
    await followHeaders(call, verified(), limits);
    expect(new Set(asked)).toEqual(new Set(['chain_headers']));
  });
});

describe('following headers', () => {
  test('gathers branches of many answers, and keeps one state root for each height of ours', async () => {
    const headers = verified();
    const ours = branch(GENESIS, 1_300, 1);
    const node = toyNode(ours);
    expect((await followHeaders(node.call, headers)).tip).toEqual(refOf(ours.at(-1)!));
    expect(node.asked).toBe(3);
    // 700 weaker blocks are not enough, 1,250 of them are: the first answers alone do not outrank us.
    const theirs = [...ours.slice(0, 100), ...branch(ours[99]!.header, 1_250, 1, 5)];
    node.headers = theirs.slice(0, 800);
    expect((await followHeaders(node.call, headers)).tip).toEqual(refOf(ours.at(-1)!));
    node.headers = theirs;
    node.asked = 0;
    expect((await followHeaders(node.call, headers)).tip).toEqual(refOf(theirs.at(-1)!));
    expect(node.asked).toBeLessThanOrEqual(5);
    for (const [i, sealed] of ours.entries()) expect(headers.stateRoot(refOf(sealed))?.[0]).toBe(i < 100 ? 1 : undefined);
    for (const [i, sealed] of theirs.entries()) expect(headers.stateRoot(refOf(sealed))?.[0]).toBe(i < 100 ? 1 : 6);
  });

  test('a heavier shorter branch replaces ours, and what was above it is forgotten', async () => {
    const headers = verified();
    const ours = branch(GENESIS, 30, 1);
    await followHeaders(toyNode(ours).call, headers);
    const theirs = [...ours.slice(0, 20), ...branch(ours[19]!.header, 3, 9, 5)];
    expect((await followHeaders(toyNode(theirs).call, headers)).tip.height).toBe(23);
    expect(headers.stateRoot(refOf(ours[25]!))).toBeUndefined();
    expect(headers.locator().map(toHex)).not.toContain(refOf(ours[25]!).id);
    expect((await followHeaders(toyNode([...theirs, ...branch(theirs.at(-1)!.header, 2, 1, 5)]).call, headers)).tip.height).toBe(25);
  });

  test('nothing below final is changed: such a branch is refused, and a node that is behind has nothing new', async () => {
    const headers = verified(10);
    const ours = branch(GENESIS, 50, 1);
    await followHeaders(toyNode(ours).call, headers);
    expect(headers.followed.final.height).toBe(40);
    for (const behind of [0, 1, 7, 39, 45]) expect((await followHeaders(toyNode(ours.slice(0, behind)).call, headers)).tip.height).toBe(50);
    const theirs = [...ours.slice(0, 30), ...branch(ours[29]!.header, 100, 9, 5)];
    expect(await failureOf(followHeaders(toyNode(theirs).call, headers))).toMatchObject({ code: 'CLIENT_HEADER_REFUSED', data: { reason: 'HEADER_BELOW_FINAL' } });
    expect(headers.followed.tip.height).toBe(50);
  });

  test('keeps so many headers and no more, and is not misled by a node far behind', async () => {
    const headers = verified(10, 64);
    const ours = branch(GENESIS, 1_200, 1);
    const node = toyNode(ours);
    await followHeaders(node.call, headers);
    expect(ours.filter((sealed) => headers.stateRoot(refOf(sealed)) !== undefined).map(({ header }) => header.height)).toEqual(Array.from({ length: 64 }, (_, i) => 1_137 + i));
    node.headers = ours.slice(0, 600);
    expect((await followHeaders(node.call, headers)).tip.height).toBe(1_200);
    node.headers = [...ours, ...branch(ours.at(-1)!.header, 5, 1)];
    expect((await followHeaders(node.call, headers)).tip.height).toBe(1_205);
  });

  test('is not led in circles by the same headers sent for ever', async () => {
    const ours = branch(GENESIS, 512, 1);
    let asked = 0;
    const circle = (async () => {
      asked++;
      return { headers: ours.map((sealed) => toBase64(sealedHeaderToBytes(sealed))) };
    }) as unknown as Call;
    expect((await followHeaders(circle, verified())).tip.height).toBe(512);
    // Once ahead of the check, and once after it.
    expect(asked).toBe(3);
  });

  test('a node that changes its branch between two answers is followed to where it is', async () => {
    const headers = verified();
    const ours = branch(GENESIS, 700, 1);
    const theirs = [...ours.slice(0, 500), ...branch(ours[499]!.header, 300, 2, 5)];
    const node = toyNode(ours);
    const turning = (async (method: 'chain_headers', params: { locator: readonly string[]; max: number }) => {
      const answer = await node.call(method, params);
      node.headers = theirs;
      return answer;
    }) as Call;
    expect((await followHeaders(turning, headers)).tip).toEqual(refOf(theirs.at(-1)!));
  });

  test.each([1, 2, 3])('comes to the heaviest of branches that change at random (seed %i)', async (seed) => {
    const random = createSeededRandom(seed);
    const headers = verified();
    let chain = branch(GENESIS, 20, 2);
    const node = toyNode(chain);
    for (let round = 1; round <= 30; round++) {
      const at = Math.max(1, chain.length - random.below(30));
      const undone = chain.slice(at).reduce((sum, { header }) => sum + uint32FromBytes(header.ext), 0);
      const [first] = branch(chain[at - 1]!.header, 1, 1 + undone, round);
      chain = [...chain.slice(0, at), first!, ...branch(first!.header, random.below(40), 1, round)];
      node.headers = chain;
      expect([round, (await followHeaders(node.call, headers)).tip]).toEqual([round, refOf(chain.at(-1)!)]);
      for (const sealed of chain) expect(headers.stateRoot(refOf(sealed))).toEqual(sealed.header.stateRoot);
    }
  });
});

test('the client goes over to the branch that a real node goes over to', async () => {
  const time: VirtualTime = newTime();
  // One seat alone makes one block; the two others, whose turn it is, make a heavier branch.
  await using one = await runChain(time, seats.slice(0, 1));
  await using others = await runChain(time, seats.slice(1));
  await pass(time, [one, others], 4_000);
  await using served = await serveLies(apiOf(one), (answer) => answer);
  using client = createClient({ url: served.url, trust: trustIn(one) });
  const before = await client.follow();
  expect(before.tip).toEqual({ height: 1, id: toHex(one.chain.head.id) });
  for (const block of others.published) await one.chain.importBlock(block);
  await one.engine.idle();
  expect(toHex(one.chain.head.id)).toBe(toHex(others.chain.head.id));
  const raw = await client.ask({ database: new Uint8Array(20), collection: 'none', filter: new Map() });
  expect((await client.follow()).tip).toEqual({ height: others.chain.head.height, id: toHex(others.chain.head.id) });
  expect(raw.block).toEqual(client.followed.tip);
  expect(client.verifyFind({ database: new Uint8Array(20), collection: 'none', filter: new Map() }, { ...raw, block: before.tip })).toMatchObject({ code: 'CLIENT_BEHIND' });
});
