import { describe, expect, test } from '@jest/globals';
import { FFG_CERTIFICATE_BYTES_MAX, ffgCertificateFromBytes, ffgCertificateToBytes, ffgVoters, genesisFfg, jointVoters } from '@vsys/finality-ffg';
import type { FfgCertificate, FfgTarget } from '@vsys/finality-ffg';
import { certified, certify, check, childOf, GENESIS, keyOf, range, refOf, setOf, targetAt } from './support.ts';

const single = childOf(genesisFfg(GENESIS, setOf(...range(0, 7))), 'a');
const joint: FfgTarget = { ref: refOf(9, 'b'), source: refOf(7, 'a'), voters: jointVoters(setOf(0, 1, 2, 3), setOf(3, 4, 5, 6)) };
const decoded = (bytes: Uint8Array): FfgCertificate => {
  const parsed = ffgCertificateFromBytes(bytes);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};

describe('certificate', () => {
  test.each([['of one set', certified(single)], ['of two', certify(joint) as FfgCertificate]])('%s comes back from its bytes', (_name, certificate) => {
    expect(decoded(ffgCertificateToBytes(certificate))).toEqual(certificate);
  });

  test('has a quorum of signatures and no more', () => {
    expect(certified(single).signers).toHaveLength(5);
    expect(certify(targetAt(single), range(0, 4).map(keyOf))).toBeUndefined();
    // One voter counts in both sets, so five are enough for three of four, twice.
    expect((certify(joint) as FfgCertificate).signers).toHaveLength(5);
  });

  test.each([['of one set', certified(single), targetAt(single)], ['of two', certify(joint) as FfgCertificate, joint]])('%s: no byte of it can be another', (_name, certificate, target) => {
    const bytes = ffgCertificateToBytes(certificate);
    expect(check(decoded(bytes), target.voters).ok).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [1, 128]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ change;
        const parsed = ffgCertificateFromBytes(changed);
        const isTaken = parsed.ok && check(parsed.value, target.voters).ok;
        expect([at, isTaken]).toEqual([at, false]);
      }
    }
  });

  test('no length but its own is taken', () => {
    const bytes = ffgCertificateToBytes(certified(single));
    for (let length = 0; length < bytes.length; length++) expect(ffgCertificateFromBytes(bytes.slice(0, length)).ok).toBe(false);
    expect(ffgCertificateFromBytes(new Uint8Array([...bytes, 0])).ok).toBe(false);
  });

  test('is refused with a voter too few, too many, by others, or with one that signed something else', () => {
    const { voters } = targetAt(single);
    const whole = certified(single);
    expect(check({ ...whole, signers: whole.signers.slice(1) }, voters)).toMatchObject({ ok: false, code: 'FFG_QUORUM' });
    const all = voters.keys.map((key, seat) => ({ seat, signature: (certify(targetAt(single), [...voters.keys.filter((one) => one !== key).slice(0, 4), key]) as FfgCertificate).signers.find((one) => one.seat === seat)?.signature as Uint8Array }));
    expect(check({ ...whole, signers: all }, voters)).toMatchObject({ ok: false, code: 'FFG_QUORUM' });
    expect(check(whole, ffgVoters(setOf(...range(1, 8))))).toMatchObject({ ok: false, code: 'FFG_VOTERS' });
    expect(check({ ...whole, target: refOf(1, 'b') }, voters)).toMatchObject({ ok: false, code: 'FFG_SIGNATURE' });
  });

  test('a quorum of one set alone is none of two', () => {
    const old = setOf(0, 1, 2, 3);
    expect(certify({ ...joint, voters: jointVoters(old, setOf(4, 5, 6, 7)) }, [0, 1, 2, 3, 4, 5].map(keyOf))).toBeUndefined();
    const alone = certify({ ...joint, voters: ffgVoters(old) }) as FfgCertificate;
    expect(check({ ...alone, setIds: [old.id, setOf(4, 5, 6, 7).id], voters: 8 }, jointVoters(old, setOf(4, 5, 6, 7)))).toMatchObject({ ok: false, code: 'FFG_QUORUM' });
  });

  test('the largest is as large as the limit says', () => {
    const signers = range(0, 256).map((seat) => ({ seat, signature: new Uint8Array(64) }));
    const bytes = ffgCertificateToBytes({ setId: new Uint8Array(32), setIds: [new Uint8Array(32), new Uint8Array(32)], source: GENESIS, target: refOf(1, 'a'), voters: 256, signers });
    expect(bytes).toHaveLength(FFG_CERTIFICATE_BYTES_MAX);
  });
});
