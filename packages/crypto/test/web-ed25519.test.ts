import { describe, expect, it } from '@jest/globals';
import { createSigner } from '../src/index.ts';
import { openWebVerifier, verifySignature } from '../src/verify.ts';
import { bytesOf, vectors } from './vectors.ts';

const { valid, invalid } = vectors('ed25519');

describe('WebCrypto', () => {
  it('has the verdicts of the one rule on every vector, where it is taken at all', async () => {
    const verifyMany = await openWebVerifier(verifySignature);
    expect(verifyMany).toBeDefined();
    const all = [...valid, ...invalid];
    const verdicts = await verifyMany?.(all.map(({ input }) => ({ publicKey: { scheme: 'ed25519', bytes: bytesOf(input, 'publicKey') }, message: bytesOf(input, 'message'), signature: bytesOf(input, 'signature') })));
    expect(all.filter((_, i) => verdicts?.[i] !== (i < valid.length)).map(({ name }) => name)).toEqual([]);
  });

  it('leaves other schemes to whom it was told', async () => {
    const signer = createSigner('secp256k1', new Uint8Array(32).fill(7));
    const message = Uint8Array.of(1);
    const item = { publicKey: signer.publicKey, message, signature: signer.sign(message) };
    expect(await (await openWebVerifier(verifySignature))?.([item, { ...item, message: Uint8Array.of(2) }])).toEqual([true, false]);
  });

  it('is not taken where it judges by another rule', async () => {
    const { subtle } = globalThis.crypto;
    const loose = { importKey: () => Promise.resolve({}), verify: () => Promise.resolve(true) };
    Object.defineProperty(globalThis.crypto, 'subtle', { value: loose, configurable: true });
    try {
      expect(await openWebVerifier(verifySignature)).toBeUndefined();
    } finally {
      Object.defineProperty(globalThis.crypto, 'subtle', { value: subtle, configurable: true });
    }
  });
});
