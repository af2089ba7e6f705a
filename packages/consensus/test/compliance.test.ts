import { describe, expect, test } from '@jest/globals';
import { brokenTwins, brokenTwinsUnder, checksUnder, consensusChecks } from '@vsys/consensus/compliance';
import type { Declared } from '@vsys/consensus/compliance';

const sealed: Declared = { provides: { finality: 'depth', headers: 'pure' }, needs: { clock: true, compute: false, keySchemes: ['ed25519'] } };

describe('the laws of consensus', () => {
  test('have a name each, and a broken twin at least that each must fail', () => {
    const names = consensusChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !brokenTwins.some(({ failedBy }) => failedBy === name))).toEqual([]);
    expect(brokenTwins.filter(({ failedBy }) => !names.includes(failedBy))).toEqual([]);
  });

  test('say of every property that a module is asked for whether it has it', () => {
    expect([...new Set(consensusChecks.map(({ property }) => property))].toSorted()).toEqual([
      'agreement', 'bounded effects', 'clock skew', 'evidence', 'finality', 'light client', 'liveness', 'partition', 'reorganisation', 'replay', 'restart', 'set change', 'state', 'validity',
    ]);
  });

  test('are chosen by what a module declares', () => {
    const propertiesOf = (provides: Partial<Declared['provides']>): readonly string[] => [...new Set(checksUnder({ ...sealed, provides: { ...sealed.provides, ...provides } }).map(({ property }) => property))];
    expect(propertiesOf({})).not.toContain('set change');
    expect(propertiesOf({})).not.toContain('evidence');
    expect(propertiesOf({ producers: 'changing' })).toContain('set change');
    expect(propertiesOf({ evidence: true })).toContain('evidence');
    const searched: Declared = { ...sealed, needs: { ...sealed.needs, keySchemes: [] } };
    expect(checksUnder(searched).map(({ name }) => name)).toContain('refuses a header that was changed after the work for it was done');
    expect(checksUnder(searched).length).toBeLessThan(checksUnder(sealed).length);
    for (const declared of [sealed, searched]) expect(brokenTwinsUnder(declared).every(({ failedBy }) => checksUnder(declared).some(({ name }) => name === failedBy))).toBe(true);
  });
});
