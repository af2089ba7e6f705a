import { describe, expect, test } from '@jest/globals';
import { createSigner } from '@vsys/crypto';
import { type Authorization, createTransaction, transactionToBytes } from '@vsys/data-format';
import { checkEnvelope } from '../src/index.ts';
import { ada, note, rules } from './support.ts';

const body = { chainId: rules.chainId, payer: ada.account, lane: 0, sequence: 0n, validUntil: 100, feeMax: 1_000_000n, gasMax: 1_000n, operations: [note(1)] };
const signed = createTransaction(body, [ada]);
const withKey = (scheme: number, publicKey: Uint8Array): Uint8Array =>
  transactionToBytes({ ...signed, authorizations: [...signed.authorizations, { scheme, publicKey, signature: new Uint8Array(64) } satisfies Authorization] });

describe('admission without state', () => {
  test.each([
    ['no point of its curve', 2, Uint8Array.of(2, ...new Uint8Array(31), 5)],
    ['no compressed point', 2, new Uint8Array(33)],
    ['an uncompressed point', 2, new Uint8Array(65).fill(4)],
    ['of another length', 1, new Uint8Array(31)],
    ['absent', 3, new Uint8Array()],
  ])('refuses a key that is %s, and never throws', (_, scheme, key) => {
    expect(checkEnvelope(rules, withKey(scheme, key))).toMatchObject({ ok: false, code: 'TX_SIGNATURE', data: { reason: 'KEY_PUBLIC' } });
  });

  test('refuses a scheme that is not known', () => {
    expect(checkEnvelope(rules, withKey(4, new Uint8Array(32)))).toMatchObject({ ok: false, code: 'TX_SIGNATURE' });
  });

  test('takes one that signs for nobody beside those that are needed', () => {
    const other = createSigner('secp256k1', new Uint8Array(32).fill(9));
    expect(checkEnvelope(rules, transactionToBytes(createTransaction(body, [ada, other])))).toMatchObject({ ok: true });
  });

  test('refuses a payer who did not sign', () => {
    const other = createSigner('secp256k1', new Uint8Array(32).fill(9));
    expect(checkEnvelope(rules, transactionToBytes(createTransaction(body, [other])))).toMatchObject({ ok: false, code: 'TX_NOT_AUTHORIZED' });
  });
});
