import { describe, expect, test } from '@jest/globals';
import { fromHex, toHex, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import { accountToAddress, addressToAccount, base58Decode, base58Encode, blake2b256, createSigner, signerFromVsysSeed, verifySignature } from '../src/index.ts';

/** Published keys, addresses and signatures of the V SYSTEMS network. */
const b58 = (text: string): Uint8Array => {
  const decoded = base58Decode(text);
  if (!decoded.ok) throw new RangeError(decoded.message);
  return decoded.value;
};

const seeds = [
  ['alter glare wealth alert about inmate wild foster nothing track brown chief primary acquire energy', 0, 'T', 'DWKUGdT1HL4a3zrhoeRJd2zfKRPxmknRotdGVFrViK7o', 'AUAztxsft2v6rmjRRb72nLea6BNyRHHWpUR'],
  ['captain slight hurdle bless engage gallery senior wisdom uniform young pretty first glad jar claw', 0, 'T', '3NaHDL4hig5A9Dh3gLbycWnfxpPTBe4WgeAG5AgeXPbL', 'AU9fRxUciwuG6JvdnPBPb8BJXvfDn8oxwtn'],
  ['black vote metal exhaust stairs curtain tennis top surround carry bulk giant speed razor curious', 0, 'T', '2cLDxAPJNWGGWAyHUFEnyoznhkf4QCEkcQrL5g2oEBCY', 'ATwEV7r2zuHvNKtRBtUbqEQpptK7GDXRBPx'],
  ['black vote metal exhaust stairs curtain tennis top surround carry bulk giant speed razor curious', 1, 'M', '4iE3oZsGDmR36wDYukKSGM4V6dPrFT9GiqUv2TBt3nUX', 'AR5EhMHz7YmxC1mrXQ818s6kP81mQvpNuDJ'],
  ['FQgbSAm6swGbtqA3NE8PttijPhT4N3Ufh4bHFAkyVnQz', 0, 'T', 'CnCUtieNMWgxPLp1i2nAJyLMoQjqg1cmb1jy3CoE7efo', 'ATuYeyAT3HBkMQkbZRoyjR75Ajxd1ppWBYV'],
] as const;

describe('V SYSTEMS keys', () => {
  test.each(seeds)('derives key and address of seed "%s" nonce %i', (seed, nonce, network, publicKey, address) => {
    const signer = signerFromVsysSeed(seed, nonce);
    expect(base58Encode(signer.publicKey.bytes)).toBe(publicKey);
    expect(accountToAddress(signer.account, network)).toBe(address);
    expect(addressToAccount(address)).toEqual({ ok: true, value: { account: signer.account, network } });
  });

  test.each([[1, 'ATxt5tn81hXmEaCzuGB7WbJjNfrtRfsAUyt'], [2, 'AU8oJ1QhnqcNo7qUjaWi1qHcbuEJEDXWSe5']] as const)('derives address %i of the node wallet', (nonce, address) => {
    expect(accountToAddress(signerFromVsysSeed('FQgbSAm6swGbtqA3NE8PttijPhT4N3Ufh4bHFAkyVnQz', nonce).account, 'T')).toBe(address);
  });

  test.each([
    ['EV5stVcWZ1kEQhrS7qcfYQdHpMHM5jwkyRxi9n9kXteZ', 'T', '4EyuJtDzQH15qAfnTPgqa8QB4ZU1dzqihdCs13UYEiV4', 'ATuQXbkZV4dCKsoFtXSCH5eKw92dMXQdUYU'],
    ['6xW5vo8vcG153QEJ7Rnam1x6QLJugrbyTjYN2txWEBVR', 'M', 'EJqSddw7JRvTkNTPkddWCmboa7rbQD8f4LAqngfhb6Hw', 'ARJGXkS7nxK3TaYMQxvWs7WahwR2NJMQFBW'],
  ] as const)('derives the key of secret %s', (secret, network, publicKey, address) => {
    const signer = createSigner('vsys', b58(secret));
    expect(base58Encode(signer.publicKey.bytes)).toBe(publicKey);
    expect(accountToAddress(signer.account, network)).toBe(address);
  });

  test('signs as the network does when given the same randomness', () => {
    const random = fromHex('b298c9d1947fcb8373a200232b6f6c79f7854814c74e66613b2ea0c843bdad50cb3c8373942f0a8a0aaada8c238c011279554f7459bab560b6eb43992aaf3886');
    const signer = createSigner('vsys', b58('EV9ADJzYKZpk4MjxEkXxDSfRRSzBFnA9LEQNbepKZRFc'), { random: { bytes: () => random } });
    expect(base58Encode(signer.publicKey.bytes)).toBe('8rzAWiotHYoKzKZT6tDHj47SBgE7VtMdKJKaK66oHiNU');
    const signature = signer.sign(utf8ToBytes('test'));
    expect(base58Encode(signature)).toBe('5QiDGagp2Qh1K6BhU5ZQ6iCYD3Ga2JD6NBL6MZT4ohEiS6DY1N4Dmc8vSc73nEj2PtNNic7ksYQF6dJvxrAAadZU');
    expect(verifySignature(signer.publicKey, utf8ToBytes('test'), signature)).toBe(true);
    expect(verifySignature(signer.publicKey, utf8ToBytes('tess'), signature)).toBe(false);
  });

  const payment = (recipient: string, amount: bigint, fee: bigint, time: bigint, attachment: string): string =>
    `02${toHex(uint64ToBytes(time))}${toHex(uint64ToBytes(amount))}${toHex(uint64ToBytes(fee))}0064${toHex(b58(recipient))}${attachment}`;

  test('a published payment has its published bytes and id', () => {
    const hex = payment('AU6GsBinGPqW8zUuvmjgwpBNLfyyTU3p83Q', 1_000_000_000n, 10_000_000n, 1547722056762119200n, '0003313233');
    expect(hex).toBe('02157a9d02ac57d420000000003b9aca000000000000989680006405549c6df7b376771b19ff3bdb58d04b499991663c47444e425f0003313233');
    expect(base58Encode(blake2b256(fromHex(hex)))).toBe('6YkqRWn3nAXuToPEprUJQeF4XcpAoLBQHZMAnrf9stxh');
  });

  test('a payment of the real test network verifies, and not with its rounded time', () => {
    const key = { scheme: 'vsys' as const, bytes: b58('3orvgyRKf45FRyiCkcA3CzAGDvyEpBpXZzYGEGZnpZK5') };
    const signature = b58('t1X2zmw5a2b9iaLgtsHyHKgEmKo6GCFuMFQsZNqj8ZkzpVbRKhWUttqUDfcjzcn5w7VgVVvf8cetr1mh2d2xypQ');
    const bytes = (time: bigint): Uint8Array => fromHex(payment('ATt6P4vSpBvBTHdV5V9PJEHMFp4msJ1fkkX', 100_000_000n, 10_000_000n, time, '0000'));
    expect(verifySignature(key, bytes(1544083814291690995n), signature)).toBe(true);
    expect(verifySignature(key, bytes(1544083814291691000n), signature)).toBe(false);
    expect(base58Encode(blake2b256(bytes(1544083814291690995n)))).toBe('EoNQyNouEKg8pDcEEPY2dJL9FMQx61YFk1Sn5EJN8H7K');
  });

  test.each(['AUAztxsft2v6rmjRRb72nLea6BNyRHHWpUS', 'AUAztxsft2v6rmjRRb72nLea6BNyRHHWpU', '0OIl', '', '0x12'])('refuses address %p', (text) => {
    expect(addressToAccount(text).ok).toBe(false);
  });
});
