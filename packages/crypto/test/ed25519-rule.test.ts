import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { createSeededRandom, fromHex, toHex } from '@vsys/primitives';
import { checkVectors, type VectorValues } from '@vsys/primitives/vectors';
import { createInlineVerifier, createSignatureVerifier, createSigner, ed25519Backend, sha512, verifyEd25519Noble, verifyEd25519Sodium, verifySignature } from '../src/index.ts';
import { verifySignature as verifyInBrowsers } from '../src/verify.ts';
import { bytesOf, given, judged, vectors } from './vectors.ts';

type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

const file = vectors('ed25519');
const random = createSeededRandom(25519);
const message = random.bytes(40);

const under = (verify: Verify) => (input: VectorValues): ReturnType<typeof judged> => judged(verify(bytesOf(input, 'publicKey'), bytesOf(input, 'message'), bytesOf(input, 'signature')));
const ofEd25519 = (verify: typeof verifySignature): Verify => (bytes, text, signature) => verify({ scheme: 'ed25519', bytes }, text, signature);

/** Every way by which a signature is checked here; of the native library only where it loads. */
const backends: [string, Verify][] = [['noble', verifyEd25519Noble], ['the one of this process', ofEd25519(verifySignature)], ['the one of browsers', ofEd25519(verifyInBrowsers)]];
if (verifyEd25519Sodium !== undefined) backends.push(['sodium', verifyEd25519Sodium]);

describe('the one Ed25519 rule', () => {
  test.each(backends)('%s agrees with every vector', async (_, verify) => {
    expect(await checkVectors(file, under(verify))).toEqual([]);
  });

  const speccheck = join(process.env['VSYS_SHARED'] ?? join(import.meta.dirname, '../../../../shared'), 'vectors/ed25519-speccheck.json');
  (existsSync(speccheck) ? test.each(backends) : test.skip.each(backends))('%s accepts only the fourth of the speccheck vectors (skipped without the shared vectors)', (_, verify) => {
    const cases = JSON.parse(readFileSync(speccheck, 'utf8')) as { message: string; pub_key: string; signature: string }[];
    expect(cases).toHaveLength(12);
    expect(cases.flatMap(({ message: text, pub_key: key, signature }, i) => (verify(fromHex(key), fromHex(text), fromHex(signature)) ? [i] : []))).toEqual([3]);
  });

  test('the vectors fail the defaults of libraries, and rules that lack a part', async () => {
    const broken: [string, Verify, RegExp][] = [
      ['noble by default', (key, text, signature) => ed25519.verify(signature, text, key), /cofactor only: accepted/],
      ['noble with its strict option', (key, text, signature) => ed25519.verify(signature, text, key, { zip215: false }), /accepted/],
      ['no check of small order', (key, text, signature) => {
        const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
        if (signature.length !== 64 || s >= ORDER) return false;
        try {
          const k = littleEndian(sha512(r, key, text)) % ORDER;
          return toHex(Point.BASE.multiplyUnsafe(s).subtract(Point.fromBytes(key).multiplyUnsafe(k)).toBytes()) === toHex(r);
        } catch {
          return false;
        }
      }, /whose equation holds: accepted/],
    ];
    for (const [name, verify, fault] of broken) {
      const faults = await checkVectors(file, (input) => {
        try {
          return under(verify)(input);
        } catch {
          return judged(false);
        }
      });
      expect([name, faults.some((line) => fault.test(line))]).toEqual([name, true]);
    }
  });

  test('signs as the vectors do, on the back-end of this process', () => {
    const signed = file.valid.filter(({ input }) => input.secret !== undefined);
    expect(signed.length).toBeGreaterThan(3);
    for (const { input } of signed) {
      const signer = createSigner('ed25519', bytesOf(input, 'secret'));
      expect({ publicKey: toHex(signer.publicKey.bytes), signature: toHex(signer.sign(bytesOf(input, 'message'))) }).toEqual({ publicKey: input.publicKey, signature: input.signature });
    }
    expect(ed25519Backend).toBe(verifyEd25519Sodium === undefined ? 'noble' : 'sodium');
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
    for (let i = 0; i < 60; i++) {
      const key = Point.BASE.multiply(littleEndian(random.bytes(32)) % ORDER).add(torsion.multiplyUnsafe(BigInt(1 + random.below(7)))).toBytes();
      const signature = random.bytes(64);
      signature[63] = (signature[63] as number) & 0x0f;
      for (const [, verify] of backends) expect(verify(key, message, signature)).toBe(verifyEd25519Noble(key, message, signature));
    }
  });

  test.each([['inline', createInlineVerifier], ['worker', createSignatureVerifier]] as const)('the %s verifier judges all vectors in one batch, in order', async (_, create) => {
    const verifier = create();
    const all = [...file.valid.map(({ input }) => ({ input, bit: 1 })), ...file.invalid.map(({ input }) => ({ input, bit: 0 }))];
    const items = all.map(({ input }) => ({ publicKey: { scheme: 'ed25519' as const, bytes: bytesOf(input, 'publicKey') }, message: bytesOf(input, 'message'), signature: bytesOf(input, 'signature') }));
    expect([...await verifier.verify(items)]).toEqual(all.map(({ bit }) => bit));
    expect(await verifier.verify([])).toHaveLength(0);
    await verifier.close();
  });
});

describe('secp256k1', () => {
  test.each([['the one of this process', verifySignature], ['the one of browsers', verifyInBrowsers]] as const)('%s agrees with every vector', async (_, verify) => {
    expect(await checkVectors(vectors('secp256k1'), (input) => {
      const bytes = bytesOf(input, 'publicKey');
      if (!verify({ scheme: 'secp256k1', bytes }, bytesOf(input, 'message'), bytesOf(input, 'signature'))) return judged(false);
      const signer = createSigner('secp256k1', bytesOf(input, 'secret'));
      if (toHex(signer.publicKey.bytes) !== input.publicKey || toHex(signer.sign(bytesOf(input, 'message'))) !== input.signature) return judged(false);
      return given({ account: toHex(signer.account) });
    })).toEqual([]);
  });
});

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
}
