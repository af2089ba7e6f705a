import { describe, expect, it } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { createSigner, verifySignature } from '../src/index.ts';
import { createPortableSigner } from '../src/sign.ts';

describe('the portable signer', () => {
  const message = Uint8Array.of(1, 2, 3);

  it.each(['ed25519', 'secp256k1', 'vsys'] as const)('has the keys, accounts and signatures of the native one: %s', (scheme) => {
    const secret = createSeededRandom(3).bytes(32);
    const native = createSigner(scheme, secret, { random: createSeededRandom(4) });
    const portable = createPortableSigner(scheme, secret, { random: createSeededRandom(4) });
    expect([portable.publicKey, portable.account]).toEqual([native.publicKey, native.account]);
    expect(portable.sign(message)).toEqual(native.sign(message));
    expect(verifySignature(portable.publicKey, message, portable.sign(message))).toBe(true);
  });

  it('refuses what is no secret', () => {
    expect(() => createPortableSigner('ed25519', new Uint8Array(31))).toThrow(expect.objectContaining({ code: 'KEY_LENGTH' }));
    expect(() => createPortableSigner('secp256k1', new Uint8Array(32))).toThrow(expect.objectContaining({ code: 'KEY_RANGE' }));
  });
});
