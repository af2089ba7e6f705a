import { describe, expect, test } from '@jest/globals';
import { createPortableSigner, type KeyScheme } from '@vsys/crypto/sign';
import { verifySignature } from '@vsys/crypto/verify';
import { toHex } from '@vsys/primitives';
import { policyLimits as limits } from '../src/index.ts';
import { type Policy, policyFromJson, policyToJson, signPolicy } from '../src/policy.ts';

const id = (n: number): Uint8Array => new Uint8Array(20).fill(n);
const policy: Policy = { chainId: new Uint8Array(32).fill(1), name: 'Orchid, as we see it', revision: 3, moderators: [id(2), id(1)], registrars: [id(3)] };
const signerOf = (scheme: KeyScheme) => createPortableSigner(scheme, new Uint8Array(32).fill(7));

function signed(one: Policy = policy, scheme: KeyScheme = 'ed25519'): string {
  const made = signPolicy(one, signerOf(scheme));
  if (!made.ok) throw new RangeError(`${made.code}: ${made.message}`);
  return policyToJson(made.value);
}
const read = (text: string): string => {
  const verdict = policyFromJson(text, verifySignature);
  return verdict.ok ? 'ok' : verdict.code;
};
const changed = (change: Record<string, unknown>): string => JSON.stringify({ ...JSON.parse(signed()) as object, ...change });

describe('a policy', () => {
  test.each(['ed25519', 'secp256k1', 'vsys'] as const)('comes back from its file with its signer, under a key of %s', (scheme) => {
    expect(policyFromJson(signed(policy, scheme), verifySignature)).toMatchObject({ ok: true, value: { ...policy, signer: signerOf(scheme).account } });
  });

  test('is not as it was signed when any of it is changed', () => {
    for (const change of [{ chainId: '02'.repeat(32) }, { name: 'Orchid' }, { revision: 4 }, { moderators: [toHex(id(1)), toHex(id(2))] }, { moderators: [] }, { registrars: [toHex(id(4))] }, { signature: '00'.repeat(64) }]) expect(read(changed(change))).toBe('POLICY_SIGNATURE');
    const other = createPortableSigner('ed25519', new Uint8Array(32).fill(8)).publicKey;
    expect(read(changed({ publicKey: { scheme: 'ed25519', bytes: toHex(other.bytes) } }))).toBe('POLICY_SIGNATURE');
  });

  test.each([
    ['no JSON', 'moderators'], ['a list', '[]'], ['another field', changed({ more: 1 })], ['a missing field', changed({ registrars: undefined })], ['a short id', changed({ moderators: ['ab'] })], ['an id twice', changed({ moderators: [toHex(id(1)), toHex(id(1))] })],
    ['capitals', changed({ registrars: ['AB'.repeat(20)] })], ['an unknown scheme', changed({ publicKey: { scheme: 'rsa', bytes: '00'.repeat(32) } })], ['a short key', changed({ publicKey: { scheme: 'ed25519', bytes: '00' } })], ['a short chain id', changed({ chainId: '00' })], ['what is endless', `${' '.repeat(limits.policyCharactersMax)}{}`],
  ])('is not %s', (_, text) => {
    expect(read(text)).toBe('POLICY_MALFORMED');
  });

  test('holds its limits, and not one more', () => {
    const many = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => id(i + 1));
    const cases: [Policy, Policy][] = [
      [{ ...policy, name: 'n'.repeat(limits.policyNameBytesMax) }, { ...policy, name: 'n'.repeat(limits.policyNameBytesMax + 1) }],
      [{ ...policy, moderators: many(limits.moderatorsMax) }, { ...policy, moderators: many(limits.moderatorsMax + 1) }],
      [{ ...policy, registrars: many(limits.registrarsMax) }, { ...policy, registrars: many(limits.registrarsMax + 1) }],
      [{ ...policy, revision: 0 }, { ...policy, revision: -1 }],
    ];
    for (const [fits, above] of cases) {
      expect(read(signed(fits))).toBe('ok');
      expect(signPolicy(above, signerOf('ed25519'))).toMatchObject({ code: 'POLICY_LIMIT' });
    }
    expect(signPolicy({ ...policy, name: 'a\u202eb' }, signerOf('ed25519'))).toMatchObject({ code: 'POLICY_LIMIT' });
  });
});
