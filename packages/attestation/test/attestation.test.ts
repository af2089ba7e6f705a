import { describe, expect, test } from '@jest/globals';
import { type ContainerBench, createContainerBench } from '@vsys/container/compliance';
import { startsWithBytes, toHex } from '@vsys/primitives';
import { attestationLimits as limits, attested, attestedTouches, createAttestationContainer } from '../src/index.ts';
import { attestationFromRecord, attestationKey, attestedByKey, lastOfKey, registrarFromRecord, registrarKey } from '../src/layout.ts';
import { attest, closeRegistrar, registerRegistrar, removeAttestation, revokeAttestation } from '../src/ops.ts';

const [ada, bob, bank, club] = [1, 2, 3, 4].map((n) => new Uint8Array(20).fill(n)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

function withBank(): ContainerBench {
  const bench = createContainerBench(createAttestationContainer());
  expect(bench.run(registerRegistrar('Bank of Orchid'), bank)).toMatchObject({ ok: true });
  return bench;
}

/** What the question comes to: `ok`, or why not. Reads no key that it does not name. */
function ask(bench: ContainerBench, registrar: Uint8Array, subject: Uint8Array, levelMin?: number): string {
  const named = new Set(attestedTouches({ registrar, subject }).map(toHex));
  const get = (key: Uint8Array): Uint8Array | undefined => {
    expect(named.has(toHex(key))).toBe(true);
    return bench.get(key);
  };
  const verdict = attested({ registrar, subject, height: bench.height, ...(levelMin === undefined ? {} : { levelMin }) }, { get, need: () => {} });
  return verdict.ok ? 'ok' : verdict.code;
}

const below = (bench: ContainerBench, prefix: Uint8Array): string[] => [...bench.state.keys()].map((key) => Uint8Array.from(Buffer.from(key, 'hex'))).filter((key) => startsWithBytes(key, prefix)).map((key) => toHex(lastOfKey(key)));

describe('what a registrar attests', () => {
  test('counts from then on, until it is revoked, and is found from both sides', () => {
    const bench = withBank();
    expect(ask(bench, bank, ada)).toBe('ATTESTATION_NONE');
    const evidence = new Uint8Array(32).fill(9);
    expect(bench.run(attest({ subject: ada, kind: 'person', level: 2, evidence }), bank)).toMatchObject({ ok: true });
    bench.run(registerRegistrar('Chess club'), club);
    bench.run(attest({ subject: ada, kind: 'member' }), club);
    bench.run(attest({ subject: bob, kind: 'person' }), bank);
    expect(ask(bench, bank, ada)).toBe('ok');
    expect(below(bench, attestationKey(bank))).toEqual([toHex(ada), toHex(bob)]);
    expect(below(bench, attestedByKey(ada)).toSorted()).toEqual([toHex(bank), toHex(club)]);
    expect(attestationFromRecord(bench.get(attestationKey(bank, ada)) as Uint8Array)).toEqual({ kind: 'person', level: 2, term: 1, at: 1, evidence });
    bench.to(7);
    bench.run(revokeAttestation(ada), bank);
    expect(ask(bench, bank, ada)).toBe('ATTESTATION_REVOKED');
    expect(attestationFromRecord(bench.get(attestationKey(bank, ada)) as Uint8Array).revokedAt).toBe(7);
    expect(ask(bench, club, ada)).toBe('ok');
    expect(below(bench, attestedByKey(ada))).toHaveLength(2);
  });

  test('counts up to the height before it runs out', () => {
    const bench = withBank();
    bench.run(attest({ subject: ada, kind: 'person', expires: 10 }), bank);
    bench.to(9);
    expect(ask(bench, bank, ada)).toBe('ok');
    bench.to(10);
    expect(ask(bench, bank, ada)).toBe('ATTESTATION_EXPIRED');
    expect(bench.run(attest({ subject: ada, kind: 'person', expires: 10 }), bank)).toMatchObject({ code: 'ATTESTATION_PAST', data: { height: 10 } });
    expect(bench.run(attest({ subject: ada, kind: 'person', expires: 11 }), bank)).toMatchObject({ ok: true });
    expect(ask(bench, bank, ada)).toBe('ok');
  });

  test('counts where it reaches the level that is asked for', () => {
    const bench = withBank();
    bench.run(attest({ subject: ada, kind: 'person', level: 3 }), bank);
    expect([2, 3, 4].map((level) => ask(bench, bank, ada, level))).toEqual(['ok', 'ok', 'ATTESTATION_LEVEL']);
  });

  test('takes the place of what it attested of the same subject before, the revoked too', () => {
    const bench = withBank();
    bench.run(attest({ subject: ada, kind: 'person', level: 3 }), bank);
    bench.run(revokeAttestation(ada), bank);
    bench.run(attest({ subject: ada, kind: 'company' }), bank);
    expect(ask(bench, bank, ada)).toBe('ok');
    expect(attestationFromRecord(bench.get(attestationKey(bank, ada)) as Uint8Array)).toEqual({ kind: 'company', level: 1, term: 1, at: 1 });
  });

  test('leaves nothing behind when it is removed', () => {
    const bench = withBank();
    const before = new Map(bench.state);
    bench.run(attest({ subject: ada, kind: 'person' }), bank);
    expect(bench.state.size).toBe(before.size + 2);
    bench.run(removeAttestation(ada), bank);
    expect(bench.state).toEqual(before);
  });

  test('is its own alone: nobody attests, revokes or removes for it', () => {
    const bench = withBank();
    bench.run(attest({ subject: ada, kind: 'person' }), bank);
    const before = new Map(bench.state);
    expect(bench.run(attest({ subject: ada, kind: 'person' }), ada)).toMatchObject({ code: 'ATTESTATION_NO_REGISTRAR' });
    for (const call of [revokeAttestation(ada), removeAttestation(ada)]) expect(bench.run(call, ada)).toMatchObject({ code: 'ATTESTATION_NONE' });
    expect(bench.state).toEqual(before);
  });
});

describe('a registrar', () => {
  test('that closes counts no more, and what it attested does not come back when it registers again', () => {
    const bench = withBank();
    bench.run(attest({ subject: ada, kind: 'person' }), bank);
    bench.run(closeRegistrar(), bank);
    expect(ask(bench, bank, ada)).toBe('ATTESTATION_NO_REGISTRAR');
    expect(bench.run(attest({ subject: bob, kind: 'person' }), bank)).toMatchObject({ code: 'ATTESTATION_NO_REGISTRAR' });
    expect(bench.run(revokeAttestation(ada), bank)).toMatchObject({ ok: true });
    bench.run(attest({ subject: bob, kind: 'person' }), bank);
    bench.run(registerRegistrar('Bank of Orchid'), bank);
    expect(ask(bench, bank, ada)).toBe('ATTESTATION_REVOKED');
    bench.run(attest({ subject: bob, kind: 'person' }), bank);
    bench.run(closeRegistrar(), bank);
    bench.run(registerRegistrar('Bank of Orchid'), bank);
    expect(ask(bench, bank, bob)).toBe('ATTESTATION_NONE');
    bench.run(attest({ subject: bob, kind: 'person' }), bank);
    expect(ask(bench, bank, bob)).toBe('ok');
  });

  test('describes itself anew in the same term', () => {
    const bench = withBank();
    bench.run(attest({ subject: ada, kind: 'person' }), bank);
    bench.to(5);
    bench.run(registerRegistrar('Bank of Orchid and Rose', 'https://orchid.example'), bank);
    expect(registrarFromRecord(bench.get(registrarKey(bank)) as Uint8Array)).toEqual({ description: 'Bank of Orchid and Rose', uri: 'https://orchid.example', term: 1, since: 1, isClosed: false });
    expect(ask(bench, bank, ada)).toBe('ok');
  });
});

describe('limits', () => {
  test.each([
    ['a description', (n: number) => registerRegistrar('d'.repeat(n)), limits.descriptionBytesMax, 'ATTESTATION_LIMIT'],
    ['a description in bytes, not letters', (n: number) => registerRegistrar('ö'.repeat(n / 2 + (n % 2)) ), limits.descriptionBytesMax, 'ATTESTATION_LIMIT'],
    ['a uri', (n: number) => registerRegistrar('d', 'u'.repeat(n)), limits.uriBytesMax, 'ATTESTATION_LIMIT'],
    ['a kind', (n: number) => attest({ subject: ada, kind: 'k'.repeat(n) }), limits.kindBytesMax, 'ATTESTATION_PAYLOAD'],
    ['a level', (n: number) => attest({ subject: ada, kind: 'k', level: n }), limits.levelMax, 'ATTESTATION_LIMIT'],
  ] as const)('of %s: it passes at the limit and is refused one past', (_, make, max, code) => {
    const bench = withBank();
    expect(bench.run(make(max), bank)).toMatchObject({ ok: true });
    expect(() => make(max + 1)).toThrow(expect.objectContaining({ code }) as never);
  });

  test.each([
    ['no description', () => registerRegistrar(''), 'ATTESTATION_LIMIT'],
    ['a space in the uri', () => registerRegistrar('d', 'a b'), 'ATTESTATION_LIMIT'],
    ['text that turns its direction', () => registerRegistrar('a\u202eb'), 'ATTESTATION_PAYLOAD'],
    ['a byte order mark', () => registerRegistrar('\ufeffa'), 'ATTESTATION_PAYLOAD'],
    ['a line end', () => registerRegistrar('a\nb'), 'ATTESTATION_PAYLOAD'],
    ['level 0', () => attest({ subject: ada, kind: 'k', level: 0 }), 'ATTESTATION_LIMIT'],
    ['an expiry of 0', () => attest({ subject: ada, kind: 'k', expires: 0 }), 'ATTESTATION_LIMIT'],
    ['a short subject', () => revokeAttestation(ada.slice(1)), 'ATTESTATION_PAYLOAD'],
    ['short evidence', () => attest({ subject: ada, kind: 'k', evidence: ada }), 'ATTESTATION_PAYLOAD'],
    ['a kind in capitals', () => attest({ subject: ada, kind: 'Person' }), 'ATTESTATION_PAYLOAD'],
  ] as const)('%s is refused before it is signed', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }) as never);
  });
});
