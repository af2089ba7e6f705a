import { createHeaderChain, foldHeaders, headerCheckpointFromBytes, headerCheckpointToBytes } from '@vsys/consensus';
import type { FoldedHeader, HeaderChain } from '@vsys/consensus';
import type { HeaderRules } from '@vsys/consensus/rules';
import { taggedHash } from '@vsys/crypto/hash';
import { blockId, chainId } from '@vsys/data-format';
import type { ChainSpec, Header, SealedHeader } from '@vsys/data-format';
import { accept, concatBytes, createSeededRandom, equalBytes, invariant, refuse, toHex, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';

const ZERO = new Uint8Array(32);
const specOf = (name: string, module = 'toy@1'): ChainSpec => ({
  version: 1, name, symbol: 'TST', network: 'private', genesisTimeMs: 0, limits: { blockBytesMax: 1 << 20, blockGasMax: 100_000_000n, transactionBytesMax: 1 << 18 },
  fees: { perByte: 1n, perGas: 1n, to: 'burn' }, consensus: { module, params: new Uint8Array() }, containers: [{ name: 'coin', version: 1, params: new Uint8Array() }], balances: [], salt: new Uint8Array(),
});
const spec = specOf('toy');

/** A rule in which the one byte of `ext` is the weight, and three blocks on top make final. A weight of 0 waits for its certificate. */
const rules: HeaderRules<bigint> = {
  driftMs: 0,
  genesis: () => ({ context: 0n, rank: [0n] }),
  step: (weight, { header, seal }) => {
    if (seal.length !== 1) return refuse('TOY_SEAL', 'no seal');
    const own = header.ext[0] as number;
    const next = weight + BigInt(own);
    return accept({ context: next, rank: own === 0 ? null : [next, 7n], ...(header.height > 3 ? { finalises: header.height - 3 } : {}) });
  },
  earliest: (_parent, header) => header.timeMs,
  isTimely: () => true,
  encode: (weight) => concatBytes(Uint8Array.of(1), uint64ToBytes(weight)),
  decode: (bytes) => {
    invariant(bytes.length === 9, 'a stored context is one that was encoded');
    return uint64FromBytes(bytes, 1);
  },
};
const scope = { spec, rules };

const GENESIS: Header = {
  version: 1, chainId: chainId(spec), height: 0, parent: ZERO, timeMs: 0, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO,
  nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(),
};

function branch(from: Header, weights: readonly number[], mark = 0): SealedHeader[] {
  let parent = from;
  return weights.map((weight) => {
    parent = { ...GENESIS, height: parent.height + 1, parent: blockId(parent), timeMs: parent.timeMs + 10, ext: Uint8Array.of(weight, mark) };
    return { header: parent, seal: Uint8Array.of(1) };
  });
}

const follow = (from?: FoldedHeader<bigint>): HeaderChain<bigint> => createHeaderChain({ rules, spec, genesis: GENESIS, from });
function restarted(chain: HeaderChain<bigint>): HeaderChain<bigint> {
  const read = headerCheckpointFromBytes(scope, headerCheckpointToBytes(scope, chain.final));
  if (!read.ok) throw new RangeError(read.code);
  return follow(read.value);
}
/** What a header made final is told when it comes, and not later. */
function parting({ id, height, header, context, rank }: FoldedHeader<bigint>): FoldedHeader<bigint> {
  return { id, height, header, context, rank };
}
const resummed = (bytes: Uint8Array): Uint8Array => concatBytes(bytes.subarray(0, -32), taggedHash('v/checkpoint', bytes.subarray(0, -32)));
const changedAt = (bytes: Uint8Array, at: number, by: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ by : byte));
const codeOf = (bytes: Uint8Array, in_: typeof scope = scope): string => {
  const read = headerCheckpointFromBytes(in_, bytes);
  return read.ok ? 'ok' : read.code;
};

describe('the checkpoint of a light client', () => {
  const whole = follow();
  const headers = branch(GENESIS, [1, 2, 4, 3, 1, 1, 1]);
  whole.extend(headers);
  const bytes = headerCheckpointToBytes(scope, whole.final);

  test('gives back the final header, its context and its rank', () => {
    expect(whole.final.height).toBe(4);
    expect(headerCheckpointFromBytes(scope, bytes)).toEqual(accept(parting(whole.final)));
    expect(foldHeaders(rules, blockId, whole.final, branch(whole.final.header, [0]))).toMatchObject({ ok: false, code: 'HEADER_UNCERTIFIED' });
    expect(headerCheckpointFromBytes(scope, headerCheckpointToBytes(scope, follow().final))).toEqual(accept(follow().final));
  });

  test('refuses every changed byte, every beginning, and anything behind the end', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const by of [1, 128, 255]) expect([at, codeOf(changedAt(bytes, at, by))]).toEqual([at, at === 0 ? 'CHECKPOINT_VERSION' : 'CHECKPOINT_DAMAGED']);
      expect([at, codeOf(bytes.subarray(0, at))]).toEqual([at, at === 0 ? 'CHECKPOINT_VERSION' : 'CHECKPOINT_DAMAGED']);
    }
    for (const more of [Uint8Array.of(0), bytes]) {
      expect(codeOf(concatBytes(bytes, more))).toBe('CHECKPOINT_DAMAGED');
      expect(codeOf(resummed(concatBytes(bytes.subarray(0, -32), more, ZERO)))).toBe('CHECKPOINT_DAMAGED');
    }
  });

  test('with a sum that fits, a changed byte of chain, module or header is refused here or by the headers that follow', () => {
    const contextAndRank = 1 + 2 * 8 + 4 + 9;
    const claims = bytes.length - 32 - contextAndRank;
    const seen = new Set<string>();
    for (let at = 1; at < claims; at++) {
      for (const by of [1, 128]) {
        const read = headerCheckpointFromBytes(scope, resummed(changedAt(bytes, at, by)));
        if (!read.ok) seen.add(read.code);
        else {
          const next = follow(read.value).extend(headers.slice(4));
          expect([at, next.ok]).toEqual([at, false]);
          if (!next.ok) seen.add(next.code);
        }
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining(['CHECKPOINT_CHAIN', 'CHECKPOINT_MODULE', 'CHECKPOINT_DAMAGED', 'HEADER_PARENT']));
  });

  test('with a sum that fits, lengths that lead nowhere are refused and never thrown', () => {
    const random = createSeededRandom(5);
    for (let i = 0; i < 2_000; i++) {
      const length = 1 + random.below(bytes.length - 33);
      const garbage = concatBytes(i % 2 === 0 ? bytes.subarray(0, length) : concatBytes(bytes.subarray(0, 1), random.bytes(length)), ZERO);
      expect(codeOf(resummed(changedAt(garbage, 1 + random.below(garbage.length - 1), 1 + random.below(255))))).toMatch(/^CHECKPOINT_/);
    }
  });

  test('refuses that of another chain, also when only its header is, and of another version of the module', () => {
    expect(codeOf(bytes, { spec: specOf('other'), rules })).toBe('CHECKPOINT_CHAIN');
    // The parts of chain and module alone: the id of a chain tells the module already.
    const foreign = { ...whole.final, header: { ...whole.final.header, chainId: ZERO } };
    expect(codeOf(headerCheckpointToBytes(scope, foreign))).toBe('CHECKPOINT_CHAIN');
    const at = bytes.findIndex((_, i) => equalBytes(bytes.subarray(i, i + 5), new TextEncoder().encode('toy@1')));
    expect(at).toBeGreaterThan(0);
    expect(codeOf(resummed(changedAt(bytes, at + 4, '1'.charCodeAt(0) ^ '2'.charCodeAt(0))))).toBe('CHECKPOINT_MODULE');
    expect(codeOf(resummed(changedAt(bytes, at, 0x80)))).toBe('CHECKPOINT_MODULE');
  });

  test('refuses a context that the module does not write, or writes in another way', () => {
    const twisted = (encode: (weight: bigint) => Uint8Array): Uint8Array => headerCheckpointToBytes({ spec, rules: { ...rules, encode } }, whole.final);
    expect(codeOf(twisted(() => new Uint8Array(4)))).toBe('CHECKPOINT_DAMAGED');
    expect(codeOf(twisted((weight) => concatBytes(Uint8Array.of(2), uint64ToBytes(weight))))).toBe('CHECKPOINT_DAMAGED');
  });

  test('a chain that begins there goes on, takes reorganisations above it, and none from below', () => {
    const chain = restarted(whole);
    expect([chain.tip.height, chain.final.height]).toEqual([4, 4]);
    expect(chain.extend(headers.slice(4)).ok).toBe(true);
    expect(chain.tip).toEqual(whole.tip);
    expect(chain.replaceFrom(blockId(headers[4]!.header), branch(headers[4]!.header, [9], 5)).ok).toBe(true);
    expect(chain.tip.height).toBe(6);
    for (const below of [GENESIS, headers[0]!.header, headers[2]!.header]) {
      expect(chain.replaceFrom(blockId(below), branch(below, [200, 200, 200, 200, 200, 200], 6))).toMatchObject({ code: 'HEADER_BELOW_FINAL' });
    }
    expect(chain.extend([headers[3]!])).toMatchObject({ code: 'HEADER_PARENT' });
    expect(chain.final.height).toBe(4);
  });

  test.each([1, 2, 3, 4])('judges any headers as one that came from genesis does (seed %i)', (seed) => {
    const random = createSeededRandom(seed);
    const plain = follow();
    let known: SealedHeader[] = [];
    let other = follow();
    const codes = new Set<string>();
    for (let round = 1; round <= 300; round++) {
      const at = random.below(2) === 0 ? known.length : Math.max(0, known.length - random.below(8));
      const parent = known[at - 1]?.header ?? GENESIS;
      let more = branch(parent, Array.from({ length: 1 + random.below(4) }, () => random.below(5)), round % 256);
      const twist = random.below(8);
      if (twist === 0) more = more.map((one, i) => (i === more.length - 1 ? { ...one, seal: new Uint8Array() } : one));
      if (twist === 1) more = more.map((one, i) => (i === 0 ? { ...one, header: { ...one.header, timeMs: parent.timeMs } } : one));
      if (twist === 2) more = more.slice(1);
      const isExtension = equalBytes(blockId(parent), plain.tip.id);
      const judge = (chain: HeaderChain<bigint>): string => {
        const verdict = isExtension ? chain.extend(more) : chain.replaceFrom(blockId(parent), more);
        return `${verdict.ok ? 'ok' : verdict.code} ${toHex(chain.tip.id)} ${String(chain.tip.rank)} ${chain.tip.context} ${toHex(chain.final.id)}`;
      };
      const verdict = judge(plain);
      expect([round, judge(other)]).toEqual([round, verdict]);
      codes.add(verdict.split(' ')[0]!);
      const kept = [...known.slice(0, at), ...more].filter(({ header }) => header.height <= plain.tip.height);
      if (verdict.startsWith('ok') || isExtension) known = kept;
      if (random.below(10) === 0) {
        // Another restart: from final up to the tip it must come by itself.
        const { height } = plain.final;
        other = restarted(other);
        expect(other.extend(known.slice(height)).ok).toBe(true);
        expect(other.tip).toEqual(plain.tip);
      }
    }
    expect(plain.final.height).toBeGreaterThan(50);
    expect([...codes]).toEqual(expect.arrayContaining(['ok', 'HEADER_RANK', 'TOY_SEAL', 'HEADER_TIME']));
  });
});
