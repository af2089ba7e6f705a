/**
 * From where an address can be reached at all. `private` covers the ranges of RFC 1918, 6598, 3927 and 4193; `unusable` are
 * wildcards, multicast and reserved ranges, which nobody can dial.
 */
export type Reach = 'loopback' | 'private' | 'public' | 'memory' | 'unusable';

export function reachOf(kind: 'ip4' | 'ip6' | 'dns', host: string): Reach {
  if (kind === 'ip4') return reachOfIp4(host.split('.').map(Number));
  return kind === 'ip6' ? reachOfIp6(ip6Words(host)) : reachOfName(host.toLowerCase());
}

function reachOfIp4([a = 0, b = 0]: readonly number[]): Reach {
  if (a === 127) return 'loopback';
  if (a === 0 || a >= 224) return 'unusable';
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128);
  return isPrivate ? 'private' : 'public';
}

function reachOfIp6(words: readonly number[]): Reach {
  const [first = 0] = words;
  if (words.slice(0, 5).every((word) => word === 0)) {
    // ::ffff:a.b.c.d is IPv4 in IPv6's clothes.
    if (words[5] === 0xffff) return reachOfIp4(ip4OfWords(words));
    if (words[5] === 0 && words[6] === 0 && words[7] === 1) return 'loopback';
    return 'unusable';
  }
  if (first >= 0xff00) return 'unusable';
  return (first & 0xffc0) === 0xfe80 || (first & 0xfe00) === 0xfc00 ? 'private' : 'public';
}

function reachOfName(name: string): Reach {
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  if (name.endsWith('.local') || name.endsWith('.internal') || name.endsWith('.home.arpa') || !name.includes('.')) return 'private';
  return 'public';
}

function ip4OfWords(words: readonly number[]): number[] {
  return words.slice(6, 8).flatMap((word) => [word >> 8, word & 0xff]);
}

/** The eight words of an IPv6 number that is known to be valid. */
export function ip6Words(host: string): number[] {
  const dotted = host.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [left = '', right] = dotted.split('::');
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)));
  const head = words(left);
  const tail = words(right ?? '');
  return right === undefined ? head : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}
