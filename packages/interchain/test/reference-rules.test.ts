import { mainChainRules, noMainChain } from '@vsys/interchain';
import type { Header, MainReference } from '@vsys/data-format';
import { describe, expect, test } from '@jest/globals';

const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value);
const main = bytes(9);
const at = (height: number, id = height, chainId = main): MainReference => ({ chainId, height, blockId: bytes(id) });

function header(mainReference: MainReference | undefined, timeMs = 100): Header {
  const base = {
    version: 1, chainId: bytes(1), height: 5, parent: bytes(0), timeMs, bodyRoot: bytes(0), receiptsRoot: bytes(0), stateRoot: bytes(0), seatSetRoot: bytes(0),
    nextSeatSetRoot: bytes(0), historyRoot: bytes(0), gasUsed: 0n, ext: new Uint8Array(0),
  };
  return mainReference === undefined ? base : { ...base, mainReference };
}

describe('a chain without a main chain', () => {
  test('takes headers without a reference only', () => {
    expect(noMainChain.checkForm(header(undefined), header(undefined)).ok).toBe(true);
    expect(noMainChain.check(header(undefined), header(undefined))).toEqual({ kind: 'eligible' });
    expect(noMainChain.checkForm(header(at(1)), header(undefined))).toMatchObject({ code: 'REFERENCE_UNEXPECTED' });
    expect(noMainChain.check(header(at(1)), header(undefined)).kind).toBe('ineligible');
  });
});

describe('a side chain that names final main blocks', () => {
  const rules = mainChainRules({ mainReference: at(2) }, { final: { height: 10 }, canonicalAt: (height) => (height <= 10 ? { id: bytes(height), timeMs: height * 10 } : undefined) });
  const code = (child: MainReference | undefined, parent: MainReference | undefined): string => {
    const verdict = rules.checkForm(header(child), header(parent));
    return verdict.ok ? 'ok' : verdict.code;
  };

  test('references are there, name the main chain of the spec, and never go back', () => {
    expect(code(at(5), at(4))).toBe('ok');
    expect(code(at(4), at(4))).toBe('ok');
    expect(code(at(2), undefined)).toBe('ok');
    expect(code(undefined, at(4))).toBe('REFERENCE_MISSING');
    expect(code(at(5, 5, bytes(8)), at(4))).toBe('REFERENCE_CHAIN');
    expect(code(at(3), at(4))).toBe('REFERENCE_HEIGHT');
    expect(code(at(1), undefined)).toBe('REFERENCE_HEIGHT');
    expect(code(at(4, 77), at(4))).toBe('REFERENCE_FORK');
  });

  test('waits for main blocks that are not final here, and sets aside those of another branch', () => {
    expect(rules.check(header(at(10)), header(at(4))).kind).toBe('eligible');
    expect(rules.check(header(at(11)), header(at(4))).kind).toBe('wait');
    expect(rules.check(header(at(9, 77)), header(at(4))).kind).toBe('ineligible');
    expect(rules.check(header(at(10), 99), header(at(4))).kind).toBe('ineligible');
  });
});
