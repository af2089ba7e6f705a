import { expect, test } from '@jest/globals';
import { concatBytes, fromHex, toHex, uint32ToBytes } from '@vsys/primitives';
import { checkVectors, type VectorOutcome, type VectorValues } from '@vsys/primitives/vectors';
import { accountToAddress, addressToAccount, base58Decode, base58Encode, blake2b256, createSigner, secureHash, signerFromVsysSeed, verifySignature, vsysSecretFromSeed } from '../src/index.ts';
import type { Signer } from '../src/index.ts';
import { verifySignature as verifyInBrowsers } from '../src/verify.ts';
import { bytesOf, given, judged, vectors } from './vectors.ts';

const base58 = (value: unknown): Uint8Array => {
  const decoded = base58Decode(value as string);
  if (!decoded.ok) throw new RangeError(decoded.message);
  return decoded.value;
};
const keyOf = ({ publicKey, account }: Signer, network: unknown): VectorValues => ({ publicKey: base58Encode(publicKey.bytes), address: accountToAddress(account, network as string) });

function contract({ network, hash, index }: VectorValues): VectorValues {
  const text = (version: number, end: Uint8Array): string => {
    const head = concatBytes(Uint8Array.of(version, (network as string).charCodeAt(0)), fromHex(hash as string), end);
    return base58Encode(concatBytes(head, secureHash(head).subarray(0, 4)));
  };
  return { contract: text(6, new Uint8Array()), token: text(0x84, uint32ToBytes(index as number)) };
}

function vsys(verify: typeof verifySignature) {
  return (input: VectorValues): VectorOutcome => {
    switch (input.kind) {
      case 'seed': {
        const [seed, nonce] = [input.seed as string, input.nonce as number];
        return given({ secret: base58Encode(vsysSecretFromSeed(seed, nonce)), ...keyOf(signerFromVsysSeed(seed, nonce), input.network) });
      }
      case 'secret': return given(keyOf(createSigner('vsys', base58(input.secret)), input.network));
      case 'sign': {
        const signer = createSigner('vsys', base58(input.secret), { random: { bytes: () => bytesOf(input, 'random') } });
        const signature = signer.sign(bytesOf(input, 'message'));
        return verify(signer.publicKey, bytesOf(input, 'message'), signature) ? given({ publicKey: base58Encode(signer.publicKey.bytes), signature: base58Encode(signature) }) : judged(false);
      }
      case 'verify': return judged(verify({ scheme: 'vsys', bytes: base58(input.publicKey) }, bytesOf(input, 'message'), base58(input.signature)));
      case 'id': return given({ id: base58Encode(blake2b256(bytesOf(input, 'bytes'))) });
      case 'contract': return given(contract(input));
      default: throw new RangeError(`no vectors of kind ${String(input.kind)} are known here`);
    }
  };
}

test.each([['of this process', verifySignature], ['of browsers', verifyInBrowsers]] as const)('agrees with the V SYSTEMS network in every vector, with the verifier %s', async (_, verify) => {
  expect(await checkVectors(vectors('vsys'), vsys(verify))).toEqual([]);
});

test('an address of the network is read back to the account of its key', () => {
  for (const { input, output } of vectors('vsys').valid) {
    if (input.kind !== 'secret') continue;
    const { account } = createSigner('vsys', base58(input.secret));
    expect(addressToAccount(output.address as string)).toEqual({ ok: true, value: { account, network: input.network } });
    expect(toHex(account)).toHaveLength(40);
  }
});
