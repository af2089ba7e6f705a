import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSeededRandom, toHex, type Verdict } from '@vsys/primitives';
import {
  blockFromBytes, blockId, blockToBytes, bodyFromBytes, bodyRoot, bodyToBytes, chainId, type ChainSpec, chainSpecFromBytes, chainSpecFromJson, chainSpecToBytes, chainSpecToJson,
  type Header, headerFromBytes, headerToBytes, receiptFromBytes, receiptToBytes, sealedHeaderFromBytes, sealedHeaderToBytes, transactionFromBytes, transactionId, transactionToBytes, type TransactionBody,
} from '../src/index.ts';

const random = createSeededRandom(3);
const hash = (): Uint8Array => random.bytes(32);
const header: Header = {
  version: 1, chainId: hash(), height: 2 ** 40, parent: hash(), timeMs: 1_800_000_000_123, bodyRoot: hash(), receiptsRoot: hash(), stateRoot: hash(), seatSetRoot: hash(),
  nextSeatSetRoot: hash(), historyRoot: hash(), gasUsed: 2n ** 64n - 1n, mainReference: { chainId: hash(), height: 7, blockId: hash() }, ext: Uint8Array.of(1, 2),
};
const body: TransactionBody = {
  chainId: hash(), payer: random.bytes(20), lane: 3, sequence: 2n ** 63n, validUntil: 900, feeMax: 5n, gasMax: 2n ** 53n + 1n,
  operations: [{ container: 'database', payload: Uint8Array.of(9) }, { container: 'coin', payload: new Uint8Array(), actor: random.bytes(20) }],
};
const spec: ChainSpec = {
  version: 1, name: 'orchid', symbol: 'ORC', network: 'private', genesisTimeMs: 1_800_000_000_000, limits: { blockBytesMax: 1 << 20, blockGasMax: 10n ** 9n, transactionBytesMax: 1 << 18 },
  fees: { perByte: 1n, perGas: 0n, to: 'burn' }, consensus: { module: 'spos@1', params: Uint8Array.of(1) },
  containers: [{ name: 'coin', version: 1, params: new Uint8Array() }, { name: 'database', version: 1, params: new Uint8Array() }],
  balances: [{ account: new Uint8Array(20).fill(1), amount: 10n }, { account: new Uint8Array(20).fill(2), amount: 2n ** 62n }], salt: Uint8Array.of(7),
};
const transaction = { bodyBytes: bodyToBytes(body), authorizations: [{ scheme: 1, publicKey: hash(), signature: random.bytes(64) }] };

const messages: [string, Uint8Array, (bytes: Uint8Array) => Verdict<unknown>, unknown][] = [
  ['Header', headerToBytes(header), headerFromBytes, header],
  ['SealedHeader', sealedHeaderToBytes({ header, seal: Uint8Array.of(5) }), sealedHeaderFromBytes, { header, seal: Uint8Array.of(5) }],
  ['Block', blockToBytes({ header, seal: Uint8Array.of(5), transactions: [Uint8Array.of(1), new Uint8Array()] }), blockFromBytes, { header, seal: Uint8Array.of(5), transactions: [Uint8Array.of(1), new Uint8Array()] }],
  ['Body', bodyToBytes(body), bodyFromBytes, body],
  ['Transaction', transactionToBytes(transaction), transactionFromBytes, { ...transaction, body }],
  ['Receipt', receiptToBytes({ status: 'failed', code: 'DB_DUPLICATE', gasUsed: 4n, feePaid: 2n, results: [] }), receiptFromBytes, { status: 'failed', code: 'DB_DUPLICATE', gasUsed: 4n, feePaid: 2n, results: [] }],
  ['ChainSpec', chainSpecToBytes(spec), chainSpecFromBytes, spec],
];

describe('the canonical gate', () => {
  test.each(messages)('%s is a round trip', (_, bytes, decode, value) => {
    expect(decode(bytes)).toEqual({ ok: true, value });
  });

  test.each(messages)('%s: no changed bit decodes to the same value', (_, bytes, decode, value) => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.map((byte, i) => (i === at ? byte ^ (1 << at % 8) : byte));
      const result = decode(changed);
      if (result.ok) expect(result.value).not.toEqual(value);
    }
  });

  test('garbage is refused, never thrown', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const [, , decode] of messages) expect(typeof decode(bytes).ok).toBe('boolean');
    }));
  });

  test('decoded bytes do not share memory with the input', () => {
    const bytes = headerToBytes(header);
    const decoded = headerFromBytes(bytes);
    bytes.fill(0);
    expect(decoded.ok && decoded.value.chainId).toEqual(header.chainId);
  });

  test('misuse is thrown with a code: 2^64 does not fit', () => {
    expect(() => headerToBytes({ ...header, gasUsed: 2n ** 64n })).toThrow(expect.objectContaining({ code: 'FORMAT_RANGE' }));
  });
});

describe('ids and roots', () => {
  test('ids depend on every field and not on the seal', () => {
    expect(toHex(blockId(header))).not.toBe(toHex(blockId({ ...header, gasUsed: 0n })));
    expect(toHex(transactionId(bodyToBytes(body)))).not.toBe(toHex(transactionId(bodyToBytes({ ...body, payer: random.bytes(20) }))));
  });

  test('a list root tells order and count: no padding trick gives the same root', () => {
    const a = Uint8Array.of(1);
    const b = Uint8Array.of(2);
    const roots = [[], [a], [a, a], [a, b], [b, a], [a, b, b], [a, b, b, b], [new Uint8Array()]].map((list) => toHex(bodyRoot(list)));
    expect(new Set(roots).size).toBe(roots.length);
  });
});

describe('chain spec', () => {
  test('JSON is a view: back and forth gives the same id', () => {
    const back = chainSpecFromJson(chainSpecToJson(spec));
    expect(back).toEqual({ ok: true, value: spec });
    expect(back.ok && toHex(chainId(back.value))).toBe(toHex(chainId(spec)));
  });

  test.each<[string, (json: Record<string, unknown>) => void, RegExp]>([
    ['a missing field', (json) => delete json.name, /name is missing/],
    ['an unknown field', (json) => { json.colour = 'red'; }, /unknown field/],
    ['a number as amount', (json) => { (json.balances as { amount: unknown }[])[0]!.amount = 10; }, /balances\[0\]\.amount must be a string/],
    ['a wrong account', (json) => { (json.balances as { account: unknown }[])[1]!.account = '0x12'; }, /balances\[1\]\.account must be lower-case hexadecimal of 20 bytes/],
    ['accounts out of order', (json) => { (json.balances as unknown[]).reverse(); }, /in order of account/],
    ['a nameless module', (json) => { (json.consensus as { module: string }).module = 'spos'; }, /spos@1/],
    ['a block smaller than a transaction', (json) => { (json.limits as { blockBytesMax: number }).blockBytesMax = 2_000; }, /at least transactionBytesMax/],
  ])('refuses %s, naming it', (_, change, message) => {
    const json = JSON.parse(chainSpecToJson(spec)) as Record<string, unknown>;
    change(json);
    const result = chainSpecFromJson(JSON.stringify(json));
    expect(result).toMatchObject({ ok: false, code: 'FORMAT_FIELD' });
    expect(!result.ok && result.message).toMatch(message);
  });

  test('refuses what is not JSON', () => {
    expect(chainSpecFromJson('{')).toMatchObject({ code: 'FORMAT_MALFORMED' });
  });
});
