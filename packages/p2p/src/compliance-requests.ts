import type { Verdict } from '@vsys/primitives';
import { equal, refused } from '@vsys/primitives/compliance';
import { say, scoreOf } from './compliance-stage.ts';
import type { Law, Member, MemberOptions, Stage } from './compliance-stage.ts';

const codeOf = (verdict: Verdict<Uint8Array, string>): string => (verdict.ok ? 'answered' : verdict.code);

async function pair(stage: Stage, ofA: MemberOptions = {}, ofB: MemberOptions = {}): Promise<readonly [Member, Member]> {
  const [a, b] = [await stage.member(ofA), await stage.member(ofB)];
  await stage.line(a, b);
  return [a, b];
}

export const requestLaws: readonly Law[] = [
  ['brings a request to its rule and the answer back, both ways and at once', async (stage) => {
    const [a, b] = await pair(stage);
    const asks = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? a.chain.request(b.network.self, 'echo', say(`ask ${i}`)) : b.chain.request(a.network.self, 'echo', say(`ask ${i}`))));
    const answers = await stage.settle(Promise.all(asks));
    equal(answers.map((answer) => answer.ok && answer.value), asks.map((_, i) => say(`ask ${i}`)), 'answers');
    const large = new Uint8Array(10_000).fill(7);
    const answer = await stage.settle(a.chain.request(b.network.self, 'echo', large));
    equal(answer.ok && answer.value, large, 'an answer as large as it may be');
    const empty = await stage.settle(a.chain.request(b.network.self, 'echo', new Uint8Array()));
    equal(empty.ok && empty.value.length, 0, 'an empty answer');
  }],
  ['brings a refusal of the rule back with its code, which costs nothing', async (stage) => {
    const [a, b] = await pair(stage);
    const answer = await stage.settle(a.chain.request(b.network.self, 'echo', say('no')));
    equal(codeOf(answer), 'P2P_REFUSED', 'code');
    equal(!answer.ok && [answer.data?.['remoteCode'], answer.data?.['remoteMessage']], ['law-says-no', 'not this'], 'what the rule said');
    equal([scoreOf(a, b), scoreOf(b, a)], [0, 0], 'scores');
  }],
  ['answers for a rule that throws, and serves on', async (stage) => {
    const [a, b] = await pair(stage);
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('throw')))), 'P2P_SERVE_FAILED', 'code');
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('x')))), 'answered', 'the next request');
  }],
  ['refuses what may not be asked before anything is sent', async (stage) => {
    const [a, b] = await pair(stage);
    await refused(() => a.chain.request(b.network.self, 'fax', say('x')), 'P2P_PROTOCOL_NOT_JOINED', 'a protocol without a rule');
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', new Uint8Array(10_001)))), 'P2P_TOO_LARGE', 'a request above its limit');
    equal(codeOf(await stage.settle(a.chain.request(a.network.self, 'echo', say('x')))), 'P2P_PEER_UNKNOWN', 'a request to oneself');
    equal(scoreOf(b, a), 0, 'score');
  }],
  ['refuses a request above its own limit, and takes score for it', async (stage) => {
    const [a, b] = await pair(stage, {}, { protocol: { requestBytesMax: 100 } });
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', new Uint8Array(101)))), 'P2P_TOO_LARGE', 'code');
    await stage.until('it costs score', () => scoreOf(b, a) < 0);
  }],
  ['reads no answer above its own limit, and takes score for it', async (stage) => {
    const [a, b] = await pair(stage, { protocol: { responseBytesMax: 100 } });
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('much')))), 'P2P_TOO_LARGE', 'code');
    equal(scoreOf(a, b) < 0, true, 'it costs the peer score');
  }],
  ['sends no answer above its own limit', async (stage) => {
    const [a, b] = await pair(stage, {}, { protocol: { responseBytesMax: 100 } });
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('much')))), 'P2P_SERVE_FAILED', 'code');
    equal(scoreOf(a, b), 0, 'score');
  }],
  ['gives a request up at its time or when it is called off, and keeps the peer', async (stage) => {
    const [a, b] = await pair(stage);
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'hold', say('x'), { timeoutMs: 50 }))), 'P2P_TIMEOUT', 'time is up');
    const given = new AbortController();
    const asked = a.chain.request(b.network.self, 'hold', say('x'), { signal: given.signal });
    await stage.until('the request is being served', () => b.held.length === 2);
    given.abort();
    equal(codeOf(await stage.settle(asked)), 'P2P_ABORTED', 'called off');
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('x'), { signal: AbortSignal.abort() }))), 'P2P_ABORTED', 'called off before');
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('x')))), 'answered', 'the next request');
  }],
  ['serves no more requests of a peer at once than its rule', async (stage) => {
    const [a, b] = await pair(stage, {}, { protocol: { concurrentPerPeerMax: 2 } });
    const held = [1, 2].map(() => a.chain.request(b.network.self, 'hold', say('x')));
    await stage.until('two are being served', () => b.held.length === 2);
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'hold', say('x')))), 'P2P_BUSY', 'the third');
    equal(scoreOf(b, a), 0, 'score: being busy is nobody\'s fault');
    b.release();
    equal((await stage.settle(Promise.all(held))).map(codeOf), ['answered', 'answered'], 'the first two');
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('x')))), 'answered', 'after them');
  }],
  ['serves no more requests of a peer in a second than its rule, and takes score for the rest', async (stage) => {
    const [a, b] = await pair(stage, {}, { protocol: { perPeerPerSecondMax: 1 } });
    const codes = (await stage.settle(Promise.all(Array.from({ length: 20 }, () => a.chain.request(b.network.self, 'echo', say('x')))))).map(codeOf);
    equal([codes.includes('answered'), codes.includes('P2P_RATE_LIMITED')], [true, true], 'some are answered, some refused');
    await stage.until('it costs score', () => scoreOf(b, a) < 0);
  }],
  ['lets no more requests wait for one peer than its limit', async (stage) => {
    const [a, b] = await pair(stage, { limits: { pendingRequestsPerPeerMax: 2 } });
    const held = [1, 2].map(() => a.chain.request(b.network.self, 'hold', say('x')));
    equal(codeOf(await stage.settle(a.chain.request(b.network.self, 'echo', say('x')))), 'P2P_BUSY', 'the third');
    await stage.until('both are being served', () => b.held.length === 2);
    b.release();
    equal((await stage.settle(Promise.all(held))).map(codeOf), ['answered', 'answered'], 'the first two');
  }],
  ['tells a rule that its asker is gone', async (stage) => {
    const [a, b] = await pair(stage);
    const asked = a.chain.request(b.network.self, 'hold', say('x'));
    await stage.until('the request is being served', () => b.held.length === 1);
    equal(b.held[0]?.aborted, false, 'signal while the asker waits');
    await stage.settle(a.network.stop());
    equal(codeOf(await stage.settle(asked)), 'P2P_STOPPED', 'what the stopped host is told');
    await stage.until('the signal aborts', () => b.held[0]?.aborted === true);
  }],
  ['ends a request whose peer goes away', async (stage) => {
    const [a, b] = await pair(stage);
    const asked = a.chain.request(b.network.self, 'hold', say('x'), { timeoutMs: 3_600_000 });
    await stage.until('the request is being served', () => b.held.length === 1);
    await stage.settle(b.network.stop());
    equal((await stage.settle(asked)).ok, false, 'answered');
  }],
];
