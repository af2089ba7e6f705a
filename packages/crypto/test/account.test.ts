import { expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { checkVectors } from '@vsys/primitives/vectors';
import { accountIdFromPublicKey, accountOfPublicKey, accountToAddress, accountToHex, addressToAccount, blake2b256, createSigner, keccak256, secureHash, sha256, sha512, taggedHash } from '../src/index.ts';
import * as portable from '../src/hash.ts';
import { bytesOf, given, vectors } from './vectors.ts';

test.each([
  ['a length of another scheme', 'ed25519', new Uint8Array(33)],
  ['no bytes', 'vsys', new Uint8Array()],
  ['an uncompressed key', 'secp256k1', new Uint8Array(65).fill(4)],
  ['a first byte that is no sign', 'secp256k1', new Uint8Array(33)],
  // x = 5 has no y on the curve.
  ['an x that lies not on the curve', 'secp256k1', Uint8Array.of(2, ...new Uint8Array(31), 5)],
  ['an x that is not below the field', 'secp256k1', Uint8Array.of(2, ...new Uint8Array(32).fill(255))],
] as const)('knows no account of %s', (_, scheme, bytes) => {
  expect(accountOfPublicKey({ scheme, bytes })).toMatchObject({ ok: false, code: 'KEY_PUBLIC' });
  expect(() => accountIdFromPublicKey(scheme, bytes)).toThrow(expect.objectContaining({ code: 'KEY_PUBLIC' }));
});

test.each([['zero', new Uint8Array(32)], ['above the order', new Uint8Array(32).fill(255)]])('makes no secp256k1 key of a secret that is %s', (_, secret) => {
  expect(() => createSigner('secp256k1', secret)).toThrow(expect.objectContaining({ code: 'KEY_RANGE' }));
});

test('agrees with every vector of addresses', async () => {
  expect(await checkVectors(vectors('addresses'), ({ text }) => {
    const read = addressToAccount(text as string);
    if (!read.ok) return read;
    const { account, network } = read.value;
    return given({ account: toHex(account), hex: accountToHex(account), ...(network === undefined ? {} : { network, base58: accountToAddress(account, network) }) });
  })).toEqual([]);
});

test.each([['of Node', { sha256, sha512, blake2b256, keccak256, taggedHash }], ['of browsers', portable]] as const)('agrees with every vector of hashes, with those %s', async (_, hashes) => {
  expect(await checkVectors(vectors('hashes'), (input) => {
    const bytes = bytesOf(input, 'bytes');
    return given({
      sha256: toHex(hashes.sha256(bytes)), sha512: toHex(hashes.sha512(bytes)), blake2b256: toHex(hashes.blake2b256(bytes)), keccak256: toHex(hashes.keccak256(bytes)),
      secureHash: toHex(secureHash(bytes)), 'tagged "v/block"': toHex(hashes.taggedHash('v/block', bytes)),
    });
  })).toEqual([]);
});
