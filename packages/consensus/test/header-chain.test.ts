import { createHeaderChain } from '@vsys/consensus';
import type { HeaderRules } from '@vsys/consensus/rules';
import type { ChainSpec, Header, SealedHeader } from '@vsys/data-format';
import { accept, refuse } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';

const ZERO = new Uint8Array(32);
const SPEC = {} as ChainSpec;

/** A rule in which `ext` is the weight and three blocks on top make final. */
const rules: HeaderRules<bigint> = {
  driftMs: 0,
  genesis: () => ({ context: 0n, rank: [0n] }),
  step: (weight, { header, seal }) => {
    if (seal.length !== 1) return refuse('TOY_SEAL', 'no seal');
    const next = weight + BigInt(header.ext[0] as number);
    return accept({ context: next, rank: [next], ...(header.height > 3 ? { finalises: header.height - 3 } : {}) });
  },
  earliest: (_parent, header) => header.timeMs,
  isTimely: () => true,
  encode: (weight) => Uint8Array.of(Number(weight)),
  decode: (bytes) => BigInt(bytes[0] as number),
};

/** Not a hash: enough to tell headers of these tests apart. */
function blockId(header: Header): Uint8Array {
  const id = new Uint8Array(32);
  id.set([header.height, header.ext[0] ?? 0, header.ext[1] ?? 0]);
  id.set(header.parent.subarray(0, 20), 3);
  return id;
}

const GENESIS: Header = {
  version: 1, chainId: ZERO, height: 0, parent: ZERO, timeMs: 0, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO,
  nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(0),
};

function branch(from: Header, count: number, weight: number, mark = 0): SealedHeader[] {
  const headers: SealedHeader[] = [];
  let parent = from;
  for (let i = 0; i < count; i++) {
    parent = { ...GENESIS, height: parent.height + 1, parent: blockId(parent), timeMs: parent.timeMs + 10, ext: Uint8Array.of(weight, mark) };
    headers.push({ header: parent, seal: Uint8Array.of(1) });
  }
  return headers;
}

const follow = () => createHeaderChain({ rules, spec: SPEC, genesis: GENESIS, blockId });

describe('header chain', () => {
  test('follows sealed headers and knows what is final', () => {
    const chain = follow();
    const headers = branch(GENESIS, 6, 1);
    expect(chain.extend(headers).ok).toBe(true);
    expect([chain.tip.height, chain.final.height]).toEqual([6, 3]);
    expect(chain.final.id).toEqual(blockId(headers[2]!.header));
  });

  test.each([
    ['a version that is not known', { version: 2 }, 'HEADER_VERSION'],
    ['another chain', { chainId: new Uint8Array(32).fill(1) }, 'HEADER_CHAIN'],
    ['another parent', { parent: new Uint8Array(32).fill(1) }, 'HEADER_PARENT'],
    ['a gap in height', { height: 4 }, 'HEADER_HEIGHT'],
    ['no later time', { timeMs: 20 }, 'HEADER_TIME'],
    ['a time that is no whole number', { timeMs: 30.5 }, 'HEADER_TIME'],
    ['other seats than announced', { seatSetRoot: new Uint8Array(32).fill(1) }, 'HEADER_SEATS'],
  ])('refuses %s and keeps what came before', (_, change, code) => {
    const chain = follow();
    const headers = branch(GENESIS, 3, 1);
    headers[2] = { ...headers[2]!, header: { ...headers[2]!.header, ...change } };
    expect(chain.extend(headers)).toMatchObject({ ok: false, code });
    expect(chain.tip.height).toBe(2);
  });

  test('changes to a heavier branch, not to an equal one, and never below final', () => {
    const chain = follow();
    const first = branch(GENESIS, 5, 1);
    chain.extend(first);
    expect(chain.final.height).toBe(2);
    const fork = first[2]!.header;
    expect(chain.replaceFrom(blockId(fork), branch(fork, 2, 1, 7))).toMatchObject({ code: 'HEADER_RANK' });
    expect(chain.replaceFrom(blockId(fork), branch(fork, 1, 9)).ok).toBe(true);
    expect(chain.tip.height).toBe(4);
    expect(chain.replaceFrom(blockId(first[0]!.header), branch(first[0]!.header, 9, 9))).toMatchObject({ code: 'HEADER_BELOW_FINAL' });
    expect(chain.final.height).toBe(2);
  });

  describe('by certificates', () => {
    /** A rule in which a byte says whether the header is final, and the weight at it is told by the byte behind. */
    const leaping: HeaderRules<bigint> = { ...rules, certificate: (_known, _header, [isFinal, weight]) => (isFinal === 1 ? accept({ context: BigInt(weight as number), rank: [BigInt(weight as number)] }) : refuse('TOY_CERTIFICATE', 'not final')) };
    const leap = () => createHeaderChain({ rules: leaping, spec: SPEC, genesis: GENESIS, blockId });
    const headers = branch(GENESIS, 20, 1);
    const certificate = Uint8Array.of(1, 12);

    test('goes to a final header, and on from there', () => {
      const chain = leap();
      expect(chain.jump({ header: headers[11]!.header, certificate })).toMatchObject({ ok: true, value: { height: 12 } });
      expect([chain.tip.height, chain.final.height, chain.tip.rank]).toEqual([12, 12, [12n]]);
      expect(chain.extend(headers.slice(12)).ok).toBe(true);
      expect([chain.tip.height, chain.final.height]).toEqual([20, 17]);
    });

    test('keeps what it followed above that header, and drops what is not', () => {
      const chain = leap();
      chain.extend(headers.slice(0, 4));
      expect(chain.jump({ header: headers[2]!.header, certificate }).ok).toBe(true);
      expect([chain.tip.height, chain.final.height]).toEqual([4, 3]);
      const [other] = branch(headers[2]!.header, 1, 1, 7);
      expect(chain.jump({ header: other!.header, certificate }).ok).toBe(true);
      expect(chain.tip.id).toEqual(blockId(other!.header));
    });

    test.each([
      ['without certificates in the rules', follow, { header: headers[11]!.header, certificate }, 'HEADER_JUMP'],
      ['that the rules refuse', leap, { header: headers[11]!.header, certificate: Uint8Array.of(0, 1) }, 'TOY_CERTIFICATE'],
      ['of another chain', leap, { header: { ...headers[11]!.header, chainId: ZERO.with(0, 1) }, certificate }, 'HEADER_CHAIN'],
      ['of another version', leap, { header: { ...headers[11]!.header, version: 2 }, certificate }, 'HEADER_VERSION'],
      ['not above final', leap, { header: GENESIS, certificate }, 'HEADER_JUMP'],
    ] as const)('refuses a header %s, and stays where it is', (_name, begin, jump, code) => {
      const chain = begin();
      chain.extend(headers.slice(0, 2));
      expect(chain.jump(jump)).toMatchObject({ ok: false, code });
      expect(chain.tip.height).toBe(2);
    });
  });
});
