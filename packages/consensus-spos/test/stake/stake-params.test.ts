import { describe, expect, test } from '@jest/globals';
import { sposParamsFromBytes, sposParamsFromJson, sposParamsToBytes, sposParamsToJson, stakeDefaults } from '@vsys/consensus-spos';
import fc from 'fast-check';
import { stakeParamsFromBytes, stakeParamsFromJson, stakeParamsToBytes, stakeParamsToJson } from '../../src/stake/stake-params.ts';
import { paramsOf } from '../support.ts';

describe('the parameters of the stake', () => {
  test('have defaults, come out of JSON and bytes as they went in, and stand in those of the module', () => {
    expect(stakeParamsFromJson(undefined)).toEqual({ ok: true, value: stakeDefaults });
    const params = { ...stakeDefaults, profile: 'v1-faithful' as const, reward: 3_600_000_000n, seatsFloor: 3, evidenceSlots: 9 };
    expect(stakeParamsFromJson(stakeParamsToJson(params))).toEqual({ ok: true, value: params });
    expect(stakeParamsFromBytes(stakeParamsToBytes(params))).toEqual({ ok: true, value: params });
    const whole = paramsOf(4, { stake: params });
    expect(sposParamsFromBytes(sposParamsToBytes(whole))).toEqual({ ok: true, value: whole });
    expect(sposParamsFromJson(sposParamsToJson(whole))).toEqual({ ok: true, value: whole });
  });

  test.each([
    [{ window: 0 }, 'stake.window: expected 1'],
    [{ window: 1.5 }, 'stake.window'],
    [{ reward: '-1' }, 'stake.reward: expected an amount'],
    [{ reward: '9223372036854775808' }, 'stake.reward'],
    [{ reward: '01' }, 'stake.reward'],
    [{ reward: 2 ** 60 }, 'stake.reward'],
    [{ leaseMin: 0 }, 'stake.leaseMin'],
    [{ seatsFloor: 61 }, 'stake.seatsFloor: expected 1 to 60'],
    [{ reporterPermille: 1_001 }, 'stake.reporterPermille'],
    [{ profile: 'v2' }, 'stake.profile: expected spos or v1-faithful'],
    [{ toString: 1 }, 'stake.toString: there is no such parameter'],
    [[], 'stake: expected an object'],
  ])('are refused with the field that is wrong: %j', (json, message) => {
    expect(stakeParamsFromJson(json)).toMatchObject({ ok: false, code: 'SPOS_PARAMS', message: expect.stringContaining(message) });
    expect(sposParamsFromJson({ ...(sposParamsToJson(paramsOf(1)) as object), stake: json })).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  test('bytes that are damaged are refused or mean other parameters, and never throw', () => {
    const bytes = stakeParamsToBytes(stakeDefaults);
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = bytes.map((byte, i) => (i === at ? byte ^ flip : byte));
      const verdict = stakeParamsFromBytes(damaged);
      if (verdict.ok) expect(stakeParamsToBytes(verdict.value)).toEqual(damaged);
    }));
    expect(stakeParamsFromBytes(bytes.slice(1)).ok).toBe(false);
  });
});
