import { expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { checkVectors } from '@vsys/primitives/vectors';
import { accountToAddress, accountToHex, addressToAccount, blake2b256, keccak256, secureHash, sha256, sha512, taggedHash } from '../src/index.ts';
import * as portable from '../src/hash.ts';
import { bytesOf, given, vectors } from './vectors.ts';

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
