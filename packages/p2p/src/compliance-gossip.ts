import { equal, refused } from '@vsys/primitives/compliance';
import { addressOf, say, scoreOf, timesHeard } from './compliance-stage.ts';
import type { Law } from './compliance-stage.ts';

export const gossipLaws: readonly Law[] = [
  ['brings a message to every host of the chain, once, and not back to who published it', async (stage) => {
    const [a, b, c] = [await stage.member(), await stage.member(), await stage.member()];
    await stage.line(a, b, c);
    await stage.tune(a, b, c);
    await stage.settle(a.chain.publish('news', say('bread')));
    await stage.until('it crosses a host in between', () => timesHeard(c, 'news:bread') > 0);
    // Repeated by its author and by one who heard it: neither is news.
    await stage.settle(a.chain.publish('news', say('bread')));
    await stage.settle(c.chain.publish('news', say('bread')));
    await stage.settle(a.chain.publish('news', say('end')));
    await stage.settle(c.chain.publish('news', say('end too')));
    await stage.until('what came after it is heard', () => timesHeard(c, 'news:end') > 0 && timesHeard(a, 'news:end too') > 0 && timesHeard(b, 'news:end too') > 0);
    equal([a, b, c].map((member) => timesHeard(member, 'news:bread')), [0, 1, 1], 'times heard');
    equal([a, c].map((member) => member.heard.includes(`news:${member === a ? 'end' : 'end too'}`)), [false, false], 'heard of oneself');
  }],
  ['keeps topics apart, and the same topic of two chains', async (stage) => {
    const a1 = await stage.member({ chain: 1 });
    const a2 = await stage.joinToo(a1, { chain: 2 });
    const b1 = await stage.member({ chain: 1 });
    const b2 = await stage.joinToo(b1, { chain: 2 });
    await stage.line(a1, b1);
    await stage.line(a2, b2);
    await stage.tune(a1, b1);
    await stage.tune(a2, b2);
    await stage.settle(a1.chain.publish('sport', say('goal')));
    await stage.settle(a1.chain.publish('news', say('one')));
    await stage.settle(a2.chain.publish('news', say('two')));
    await stage.until('all are heard', () => timesHeard(b1, 'sport:goal') + timesHeard(b1, 'news:one') + timesHeard(b2, 'news:two') >= 3);
    equal(b1.heard.filter((text) => !text.includes('tune')).sort(), ['news:one', 'sport:goal'], 'heard on the first chain');
    equal(b2.heard.filter((text) => !text.includes('tune')), ['news:two'], 'heard on the second chain');
  }],
  ['passes on what its rule accepts, and not what it ignores, rejects or throws at', async (stage) => {
    const [a, b, c] = [await stage.member(), await stage.member(), await stage.member()];
    await stage.line(a, b, c);
    await stage.tune(a, b, c);
    for (const text of ['ignore', 'reject', 'throw']) await stage.settle(a.chain.publish('news', say(text)));
    await stage.until('the neighbour judged them', () => ['ignore', 'reject', 'throw'].every((text) => timesHeard(b, `news:${text}`) === 1));
    await stage.settle(a.chain.publish('news', say('end')));
    await stage.until('what is good goes on', () => timesHeard(c, 'news:end') === 1);
    equal(c.heard.filter((text) => /ignore|reject|throw/.test(text)), [], 'heard behind the neighbour');
  }],
  ['takes score from who hands on what its rule rejects, and from nobody else', async (stage) => {
    const [a, b] = [await stage.member(), await stage.member()];
    await stage.line(a, b);
    await stage.tune(a, b);
    await stage.settle(a.chain.publish('news', say('ignore')));
    await stage.settle(a.chain.publish('news', say('throw')));
    await stage.until('they were judged', () => timesHeard(b, 'news:ignore') + timesHeard(b, 'news:throw') === 2);
    equal(scoreOf(b, a), 0, 'score after good and ignored messages');
    await stage.settle(a.chain.publish('news', say('reject')));
    await stage.until('a rejected message costs score', () => scoreOf(b, a) < 0);
    equal(scoreOf(a, b), 0, 'score of who rejected it');
  }],
  ['throws at what it cannot publish', async (stage) => {
    const a = await stage.member();
    await refused(() => a.chain.publish('weather', say('rain')), 'P2P_TOPIC_UNKNOWN', 'a topic without a rule');
    await refused(() => a.chain.publish('news', new Uint8Array(10_001)), 'P2P_MESSAGE_TOO_LARGE', 'a message above its limit');
    await stage.settle(a.chain.publish('news', new Uint8Array(10_000)));
  }],
  ['refuses a message above its own limit unseen, and takes score for it', async (stage) => {
    const [a, b] = [await stage.member(), await stage.member({ topic: { bytesMax: 1_000 } })];
    await stage.line(a, b);
    await stage.tune(a, b);
    await stage.settle(a.chain.publish('news', say('x'.repeat(1_001))));
    await stage.until('it costs score', () => scoreOf(b, a) < 0);
    equal(b.heard.filter((text) => text.includes('xxx')), [], 'heard');
  }],
  ['judges no more messages of a peer than their rate, and takes score for the rest', async (stage) => {
    const [a, b] = [await stage.member(), await stage.member({ topic: { perPeerPerSecondMax: 1 } })];
    equal((await stage.settle(b.network.dial(addressOf(a)))).ok, true, 'dial');
    await stage.until('they are peers', () => b.joined.has(a.network.self) && a.joined.has(b.network.self));
    let sent = 0;
    // In bursts, as a message that is published before the topic's subscription is known goes to nobody.
    while (sent < 1_000 && scoreOf(b, a) === 0) {
      for (let i = 0; i < 50; i++) await a.chain.publish('news', say(`flood ${sent++}`));
      await stage.bench.pass();
    }
    await stage.until('messages above the rate cost score', () => scoreOf(b, a) < 0);
    equal(b.heard.length < sent / 2, true, `fewer than half of ${sent} messages were judged, found ${b.heard.length}`);
  }],
];
