import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { createSeededRandom, fromHex } from '@vsys/primitives';
import { createInlineVerifier, createSignatureVerifier, createSigner, verifyEd25519Noble, verifyEd25519Sodium, verifySignature } from '../src/index.ts';

type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

const random = createSeededRandom(25519);
const message = random.bytes(40);
const signer = createSigner('ed25519', random.bytes(32));
const good = signer.sign(message);

const plusOrder = (signature: Uint8Array): Uint8Array => {
  const changed = signature.slice();
  let s = 0n;
  for (let i = 63; i >= 32; i--) s = (s << 8n) | BigInt(changed[i] as number);
  s += ORDER;
  for (let i = 32; i < 64; i++, s >>= 8n) changed[i] = Number(s & 0xffn);
  return changed;
};
const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const zero = (length: number): Uint8Array => new Uint8Array(length);

const cases: [string, Uint8Array, Uint8Array, Uint8Array, boolean][] = [
  ['a plain signature', signer.publicKey.bytes, message, good, true],
  ['S not below the group order', signer.publicKey.bytes, message, plusOrder(good), false],
  ['another R', signer.publicKey.bytes, message, flip(good, 3), false],
  ['another S', signer.publicKey.bytes, message, flip(good, 40), false],
  ['another message', signer.publicKey.bytes, flip(message, 0), good, false],
  ['a key of small order (0) with a zero signature', zero(32), message, zero(64), false],
  ['the neutral key', Uint8Array.of(1, ...zero(31)), message, zero(64), false],
  ['a non-canonical key', new Uint8Array(32).fill(0xff), message, good, false],
  ['a short signature', signer.publicKey.bytes, message, good.subarray(0, 63), false],
  ['a long key', new Uint8Array(33), message, good, false],
];

/** The laws that every back-end keeps; returns the names of those that this one breaks. */
function brokenLaws(verify: Verify): string[] {
  return cases.filter(([, key, text, signature, valid]) => {
    try {
      return verify(key, text, signature) !== valid;
    } catch {
      return true;
    }
  }).map(([name]) => name);
}

const backends: [string, Verify][] = [['noble', verifyEd25519Noble]];
if (verifyEd25519Sodium !== undefined) backends.push(['sodium', verifyEd25519Sodium]);

describe('the one Ed25519 rule', () => {
  test.each(backends)('%s keeps every law', (_, verify) => {
    expect(brokenLaws(verify)).toEqual([]);
  });

  test('the laws fail a library default', () => {
    const lenient: Verify = (key, text, signature) => ed25519.verify(signature, text, key);
    expect(brokenLaws(lenient)).toContain('a key of small order (0) with a zero signature');
  });

  test('back-ends agree on keys and R with a random torsion part', () => {
    // A point of order 8: the part of a random point that the group order does not kill.
    let torsion = Point.ZERO;
    for (let i = 0; torsion.double().double().equals(Point.ZERO); i++) {
      try {
        const point = Point.fromBytes(random.bytes(32).map((byte, j) => (j === 31 ? byte & 0x7f : byte)), true);
        torsion = point.multiplyUnsafe(ORDER - 1n).add(point);
      } catch {
        // Not every string is a point.
      }
    }
    const bytesToScalar = (bytes: Uint8Array): bigint => bytes.reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n) % ORDER;
    for (let i = 0; i < 60; i++) {
      const key = Point.BASE.multiply(bytesToScalar(random.bytes(32))).add(torsion.multiplyUnsafe(BigInt(1 + random.below(7)))).toBytes();
      const signature = random.bytes(64);
      signature[63] = (signature[63] as number) & 0x0f;
      for (const [, verify] of backends) expect(verify(key, message, signature)).toBe(verifyEd25519Noble(key, message, signature));
    }
  });

  const vectors = new URL('../../../../shared/vectors/ed25519-speccheck.json', import.meta.url);
  const file = process.env.VSYS_SHARED === undefined ? vectors.pathname : `${process.env.VSYS_SHARED}/vectors/ed25519-speccheck.json`;
  (existsSync(file) ? test.each(backends) : test.skip.each(backends))('%s accepts only the fourth of the speccheck vectors (skipped without the shared vectors)', (_, verify) => {
    const list = JSON.parse(readFileSync(file, 'utf8')) as { message: string; pub_key: string; signature: string }[];
    expect(list.map((v) => verify(fromHex(v.pub_key), fromHex(v.message), fromHex(v.signature)))).toEqual(list.map((_v, i) => i === 3));
  });
});

describe('other schemes and batches', () => {
  test('secp256k1 signs and verifies, and refuses high S', () => {
    const other = createSigner('secp256k1', createSeededRandom(5).bytes(32));
    const signature = other.sign(message);
    expect(verifySignature(other.publicKey, message, signature)).toBe(true);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
    const high = Uint8Array.from([...signature.subarray(0, 32), ...fromHex((order - s).toString(16).padStart(64, '0'))]);
    expect(verifySignature(other.publicKey, message, high)).toBe(false);
  });

  test('the Ethereum address of a known key', () => {
    // The first key of the development mnemonic that Ethereum tools share.
    const first = createSigner('secp256k1', fromHex('ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'));
    expect(Buffer.from(first.account).toString('hex')).toBe('f39fd6e51aad88f6f4ce6ab8827279cfffb92266');
  });

  test.each([['inline', createInlineVerifier], ['worker', createSignatureVerifier]] as const)('%s verifier answers in order, and 0 for malformed items', async (_, create) => {
    const verifier = create();
    const items = cases.map(([, bytes, text, signature]) => ({ publicKey: { scheme: 'ed25519' as const, bytes }, message: text, signature }));
    expect([...await verifier.verify(items)]).toEqual(cases.map(([, , , , valid]) => (valid ? 1 : 0)));
    expect(await verifier.verify([])).toHaveLength(0);
    await verifier.close();
  });
});
