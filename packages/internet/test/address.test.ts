import { describe, expect, test } from '@jest/globals';
import { formatAddress, isDialable, parseAddress, reachabilityOf } from '../src/index.ts';
import type { Address } from '../src/index.ts';

const PEER = '12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5';

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.code}`);
  return parsed.value;
}

describe('addresses', () => {
  test('read their parts', () => {
    expect(address(`/ip4/10.1.2.3/tcp/9000/p2p/${PEER}`)).toMatchObject({ transport: 'tcp', host: '10.1.2.3', hostKind: 'ip4', port: 9000, peer: PEER, reach: 'private' });
    expect(address('/dns4/node.example.org/tcp/443/wss')).toMatchObject({ transport: 'wss', hostKind: 'dns', peer: undefined, reach: 'public' });
    expect(address('/ip6/::1/tcp/1/ws')).toMatchObject({ transport: 'ws', hostKind: 'ip6', reach: 'loopback' });
    expect(address('/memory/a')).toMatchObject({ transport: 'memory', host: 'a', port: 0, reach: 'memory' });
  });

  test.each([
    '', 'hello', '127.0.0.1:80', '/ip4/300.1.1.1/tcp/1', '/ip4/1.2.3.4/tcp/70000', '/ip4/1.2.3.4/tcp', `/ip4/1.2.3.4/tcp/1${'/ws'.repeat(300)}`, '/dns/a b/tcp/1', '/dns/-a.example/tcp/1',
    '/dns/a..b/tcp/1', `/dns/${'a.'.repeat(127)}/tcp/1`, '/memory/a/p2p/b',
  ])('refuses what is not an address: %j', (text) => {
    const parsed = parseAddress(text);
    expect(parsed.ok).toBe(false);
  });

  test.each([
    ['nonsense', 'zzz'], ['a letter that base58 has not', PEER.replace('W', '0')], ['one letter less', PEER.slice(0, -1)], ['one letter more', `${PEER}a`], ['another hash', `Q${'n'.repeat(45)}`],
    ['a CID', 'bafzaajaiaejcbgkbbxs6tmdjsmzgwuzdrgfwjlmdzsihvcfsvuhzfqzvkgbkmqzi'], ['an endless one', '1'.repeat(300)],
  ])('refuses a peer id that is %s', (_what, peer) => {
    expect(parseAddress(`/ip4/1.2.3.4/tcp/1/p2p/${peer}`)).toMatchObject({ ok: false, code: 'INTERNET_ADDRESS_INVALID' });
  });

  test.each([PEER, 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', '16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY'])('takes the peer id %s', (peer) => {
    expect(address(`/ip4/1.2.3.4/tcp/1/p2p/${peer}`)).toMatchObject({ peer });
  });

  test.each(['/ip4/1.2.3.4/udp/1/quic-v1', '/ip4/1.2.3.4', `/ip4/1.2.3.4/tcp/1/p2p/${PEER}/p2p-circuit`, '/ip4/1.2.3.4/tcp/1/ws/ws'])('does not support %s', (text) => {
    expect(parseAddress(text)).toMatchObject({ ok: false, code: 'INTERNET_ADDRESS_UNSUPPORTED' });
  });

  test('format is the inverse of parse', () => {
    for (const text of ['/ip4/1.2.3.4/tcp/5', `/ip6/2001:db8::7/tcp/5/p2p/${PEER}`, '/dns/a.example/tcp/1/tls/ws', '/memory/x', '/ip4/1.2.3.4/tcp/0/ws']) {
      const { transport, host, port, peer } = address(text);
      expect(formatAddress({ transport, host, port, ...(peer === undefined ? {} : { peer }) })).toEqual(parseAddress(text));
    }
    expect(formatAddress({ transport: 'tcp', host: '1.2.3.4', port: 99_999 }).ok).toBe(false);
  });

  test.each([
    ['/ip4/127.9.9.9/tcp/1', 'loopback'], ['/ip4/172.15.0.1/tcp/1', 'public'], ['/ip4/172.16.0.1/tcp/1', 'private'], ['/ip4/172.31.255.1/tcp/1', 'private'],
    ['/ip4/172.32.0.1/tcp/1', 'public'], ['/ip4/192.168.1.1/tcp/1', 'private'], ['/ip4/169.254.0.1/tcp/1', 'private'], ['/ip4/100.64.0.1/tcp/1', 'private'],
    ['/ip4/100.128.0.1/tcp/1', 'public'], ['/ip4/0.0.0.0/tcp/1', 'unusable'], ['/ip4/224.0.0.251/tcp/1', 'unusable'], ['/ip4/255.255.255.255/tcp/1', 'unusable'],
    ['/ip6/::/tcp/1', 'unusable'], ['/ip6/fe80::1/tcp/1', 'private'], ['/ip6/fd00::1/tcp/1', 'private'], ['/ip6/ff02::1/tcp/1', 'unusable'],
    ['/ip6/2a00::1/tcp/1', 'public'], ['/ip6/::ffff:10.0.0.1/tcp/1', 'private'], ['/ip6/::ffff:127.0.0.1/tcp/1', 'loopback'],
    ['/dns/localhost/tcp/1', 'loopback'], ['/dns/box.local/tcp/1', 'private'], ['/dns/box/tcp/1', 'private'], ['/dns/a.example/tcp/1', 'public'],
  ])('%s is %s', (text, reach) => {
    expect(address(text).reach).toBe(reach);
  });
});

describe('reachability', () => {
  const home = [address('/ip4/127.0.0.1/tcp/9000'), address('/ip4/192.168.1.5/tcp/9000')];
  const lab = [address('/ip4/127.0.0.1/tcp/9000')];

  test.each([
    ['/ip4/8.8.8.8/tcp/1', home, 'dialable'],
    ['/ip4/127.0.0.1/tcp/9001', home, 'elsewhere'],
    ['/ip4/127.0.0.1/tcp/9001', lab, 'dialable'],
    ['/ip4/127.0.0.1/tcp/9000', lab, 'self'],
    ['/ip4/192.168.77.1/tcp/1', home, 'dialable'],
    ['/ip4/10.0.0.1/tcp/1', home, 'elsewhere'],
    ['/ip4/0.0.0.0/tcp/1', home, 'unusable'],
    ['/ip4/8.8.8.8/tcp/0', home, 'unusable'],
    ['/memory/a', home, 'elsewhere'],
    ['/dns/a.example/tcp/1', [], 'dialable'],
  ] as const)('%s', (text, own, expected) => {
    expect(reachabilityOf(address(text), own)).toBe(expected);
    expect(isDialable(address(text), own)).toBe(expected === 'dialable');
  });

  test('the peer id tells ourselves at any address', () => {
    expect(reachabilityOf(address(`/ip4/8.8.8.8/tcp/1/p2p/${PEER}`), [address(`/ip4/9.9.9.9/tcp/2/p2p/${PEER}`)])).toBe('self');
  });
});
