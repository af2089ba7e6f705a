import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { compareBytes, fromHex, toHex, type Verdict } from '@vsys/primitives';
import { verifySignature } from '@vsys/crypto';
import { checkVectors, type VectorFile, type VectorOutcome, type VectorValues } from '@vsys/primitives/vectors';
import {
  appendToHistory, blockFromBytes, blockId, blockToBytes, bodyRoot, chainId, chainSpecFromBytes, chainSpecFromJson, chainSpecToBytes, chainSpecToJson, emptyHistory, headerFromBytes, headerToBytes, historyRoot,
  receiptFromBytes, receiptsRoot, receiptToBytes, sealedHeaderFromBytes, sealedHeaderToBytes, signingBytes, transactionFromBytes, transactionId, transactionToBytes,
} from '../src/index.ts';
import { compareScalars, decimal128, type Decimal128, decodeDocument, type Document, documentFromJson, documentToJson, encodeDocument, encodeIndexKey, type Value } from '../src/value.ts';

const bytesOf = (input: VectorValues, name = 'hex'): Uint8Array => fromHex(input[name] as string);

/** Bytes in hex, 64-bit numbers as digits. */
function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(asJson);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asJson(inner)])) : value;
}

/** Reads a message and writes it again: what is accepted has one form. */
function message<T>(read: (bytes: Uint8Array) => Verdict<T>, write: (value: T) => Uint8Array, more: (value: T) => VectorValues) {
  return (input: VectorValues): VectorOutcome => {
    const value = read(bytesOf(input));
    if (!value.ok) return value;
    return toHex(write(value.value)) === input.hex ? { ok: true, output: { value: asJson(value.value), ...more(value.value) } } : { ok: false, code: 'WRITTEN_OTHERWISE' };
  };
}

function encoded(document: Document): Uint8Array {
  const bytes = encodeDocument(document);
  if (!bytes.ok) throw new RangeError(bytes.code);
  return bytes.value;
}

function parsed(json: string): Value {
  const document = documentFromJson(`{"v":${json}}`);
  if (!document.ok) throw new RangeError(`${json}: ${document.code}`);
  return document.value.get('v') as Value;
}

const schemes = ['ed25519', 'ed25519', 'secp256k1', 'vsys'] as const;

const implementations: Readonly<Record<string, (input: VectorValues) => VectorOutcome>> = {
  headers: message(headerFromBytes, headerToBytes, (header) => ({ id: toHex(blockId(header)) })),
  'sealed-headers': message(sealedHeaderFromBytes, sealedHeaderToBytes, ({ header }) => ({ id: toHex(blockId(header)) })),
  blocks: message((bytes) => blockFromBytes(bytes), blockToBytes, ({ header, transactions }) => ({ id: toHex(blockId(header)), bodyRoot: toHex(bodyRoot(transactions)) })),
  transactions: message(transactionFromBytes, transactionToBytes, ({ bodyBytes, authorizations }) => ({
    id: toHex(transactionId(bodyBytes)), signingBytes: toHex(signingBytes(bodyBytes)),
    signaturesHold: authorizations.every(({ scheme, publicKey, signature }) => verifySignature({ scheme: schemes[scheme] as 'vsys', bytes: publicKey }, signingBytes(bodyBytes), signature)),
  })),
  receipts: message(receiptFromBytes, receiptToBytes, (receipt) => ({ root: toHex(receiptsRoot([receipt])), rootOfTwo: toHex(receiptsRoot([receipt, receipt])) })),
  'chain-specs': message(chainSpecFromBytes, chainSpecToBytes, (spec) => {
    const viaJson = chainSpecFromJson(chainSpecToJson(spec));
    return { chainId: viaJson.ok ? toHex(chainId(viaJson.value)) : viaJson.code };
  }),
  roots: ({ ids }) => {
    const list = (ids as string[]).map((id) => fromHex(id));
    const history = list.reduce(appendToHistory, emptyHistory);
    return { ok: true, output: { historyRoot: toHex(historyRoot(history)), peaks: history.peaks.map(toHex), bodyRoot: toHex(bodyRoot(list)) } };
  },
  documents: (input) => {
    const document = decodeDocument(bytesOf(input));
    if (!document.ok) return document;
    const output = { canonical: documentToJson(document.value, 'canonical'), relaxed: documentToJson(document.value) };
    for (const text of Object.values(output)) {
      const back = documentFromJson(text);
      if (!back.ok || toHex(encoded(back.value)) !== input.hex) return { ok: false, code: 'READ_OTHERWISE' };
    }
    return { ok: true, output };
  },
  json: ({ json }) => {
    const document = documentFromJson(json as string);
    return document.ok ? { ok: true, output: { hex: toHex(encoded(document.value)) } } : document;
  },
  decimal128: ({ text, hex }) => {
    // A document with the one field "d": length, type, name, 16 bytes, end.
    const document = text === undefined ? decodeDocument(fromHex(`18000000136400${hex as string}00`)) : documentFromJson(`{"d":{"$numberDecimal":${JSON.stringify(text)}}}`);
    if (!document.ok) return document;
    const value = document.value.get('d') as Decimal128;
    const made = decimal128(value.text);
    return made.ok && made.value.text === value.text ? { ok: true, output: { text: value.text, hex: toHex(encoded(document.value).slice(7, 23)) } } : { ok: false, code: 'READ_OTHERWISE' };
  },
  'index-keys': ({ values, directions }) => {
    const key = encodeIndexKey((values as string[]).map(parsed), directions as (1 | -1)[]);
    return key.ok ? { ok: true, output: { key: toHex(key.value) } } : key;
  },
};

function vectors(name: string): VectorFile {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as VectorFile;
}

test.each(Object.entries(implementations))('agrees with every vector of %s', async (name, implementation) => {
  expect(await checkVectors(vectors(name), implementation)).toEqual([]);
});

test('index keys that are said to be in order are, and so are their values', () => {
  const ordered = vectors('index-keys').valid.filter(({ name }) => name.startsWith('in order'));
  expect(ordered.length).toBeGreaterThan(40);
  ordered.slice(1).forEach(({ name, input, output }, i) => {
    const before = ordered[i] as (typeof ordered)[number];
    expect([name, compareBytes(fromHex(before.output.key as string), fromHex(output.key as string)) < 0]).toEqual([name, true]);
    expect([name, compareScalars(parsed((before.input.values as string[])[0] as string), parsed((input.values as string[])[0] as string)) < 0]).toEqual([name, true]);
  });
});
