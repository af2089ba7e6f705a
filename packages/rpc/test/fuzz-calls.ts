import { createSeededRandom } from '@vsys/primitives';

export type Seeded = ReturnType<typeof createSeededRandom>;

export function pick<T>(random: Seeded, list: readonly T[]): T {
  return list[random.below(list.length)] as T;
}

const deep = (levels: number, open: string, close: string): unknown => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`) as unknown;

/** Values that nobody should send, and that somebody does. */
const STRANGE: readonly unknown[] = [
  null, true, false, 0, -1, 1, 0.5, -0, 1e21, 2 ** 53, -(2 ** 53), 4294967296, 1e308, '', ' ', '0', 'null', '__proto__', 'constructor', '\u0000', '\ud800', '😀'.repeat(300), 'a'.repeat(100_000), '0x00', 'ab'.repeat(20), 'ab'.repeat(32),
  'AB'.repeat(32), [], {}, [[]], [null], [{}], { $gt: 1 }, { $and: [] }, { $or: [{ a: 1 }] }, { $gt: { $gt: 1 } }, { $in: [1, 'a', null] }, { $regex: '(a+)+$' }, { $where: 'x' }, { $numberLong: '99999999999999999999' }, { $oid: 'xx' }, { $date: 'x' },
  { $binary: { base64: '!', subType: '00' } }, { $numberDecimal: '1E9999' }, { '': 1 }, { 'a.b.c': 1 }, { a: { b: { c: [1, { d: null }] } } }, deep(60, '[', ']'), deep(60, '{"a":', '}'), Array.from({ length: 2_000 }, (_, i) => i),
  JSON.parse('{"__proto__":{"polluted":true}}') as unknown, { toString: 1 }, { length: 1e9 }, { constructor: { prototype: null } },
];

/** A JSON value with one or more of its parts replaced, dropped, doubled or renamed. */
export function twist(random: Seeded, value: unknown, depth = 0): unknown {
  // Mostly deep inside: what is wrong at the top is refused there, and shows little.
  const stays = depth < 3 && random.below(10) < 8;
  if (depth > 6 || (!stays && random.below(4) === 0)) return pick(random, STRANGE);
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    if (items.length === 0 || (!stays && random.below(4) === 0)) return [...items, pick(random, STRANGE)];
    if (!stays && random.below(6) === 0) return Array.from({ length: 300 }, () => items[0]);
    const at = random.below(items.length);
    return items.map((item, i) => (i === at ? twist(random, item, depth + 1) : item));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0 || (!stays && random.below(6) === 0)) return Object.fromEntries([...entries, [pick(random, ['at', 'limit', 'x', '__proto__', '', 'sort', 'after', 'id', '$where']), pick(random, STRANGE)]]);
    const at = random.below(entries.length);
    if (!stays && random.below(6) === 0) return Object.fromEntries(entries.filter((_, i) => i !== at));
    return Object.fromEntries(entries.map(([name, one], i) => [name, i === at ? twist(random, one, depth + 1) : one]));
  }
  if (typeof value === 'string' && value.length > 0 && random.below(2) === 0) {
    const at = random.below(value.length);
    return random.below(2) === 0 ? value.slice(0, at) : value.slice(0, at) + pick(random, ['0', 'g', '=', ' ', 'é', '\u0000']) + value.slice(at + 1);
  }
  return typeof value === 'number' && random.below(2) === 0 ? value + pick(random, [1, -1, 0.5, 1e9, -1e9, 1e18]) : pick(random, STRANGE);
}

/** A text cut, spliced or with characters changed. */
export function garble(random: Seeded, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0: return text.slice(0, at);
    case 1: return text.slice(0, at) + pick(random, ['}', '[', '"', '\\u', ',', '1e999', '\u0000', '\ufeff']) + text.slice(at);
    case 2: return text.slice(0, at) + text;
    case 3: return text.slice(at) + text.slice(0, at);
    default: return text.slice(0, at) + String.fromCharCode(random.below(0x500)) + text.slice(at + 1);
  }
}
