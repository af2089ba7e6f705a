import { describe, expect, test } from '@jest/globals';
import { checkVectors, type VectorFile, type VectorValues } from '../src/check-vectors.ts';

const file: VectorFile = {
  title: 'halves', spec: '-', origin: '-', about: 'input: n; output: half, and n as text',
  valid: [{ name: 'four', input: { n: 4 }, output: { half: 2, of: { text: '4', list: [1] } } }, { name: 'zero', input: { n: 0 }, output: { half: 0, of: { text: '0', list: [1] } } }],
  invalid: [{ name: 'three', input: { n: 3 }, code: 'ODD' }, { name: 'a text', input: { n: 'x' } }],
};

function halves({ n }: VectorValues): ReturnType<Parameters<typeof checkVectors>[1]> {
  if (typeof n !== 'number') return { ok: false, code: 'TEXT' };
  return n % 2 === 0 ? { ok: true, output: { of: { list: [1], text: String(n) }, half: n / 2 } } : { ok: false, code: 'ODD' };
}

describe('checkVectors', () => {
  test('finds nothing in an implementation that agrees, whatever the order of names', async () => {
    expect(await checkVectors(file, halves)).toEqual([]);
    expect(await checkVectors(file, async (input) => halves(input))).toEqual([]);
  });

  test('names each vector on which an implementation departs', async () => {
    expect(await checkVectors(file, () => ({ ok: false, code: 'NO' }))).toEqual(['four: refused with NO', 'zero: refused with NO', 'three: expected ODD, found NO']);
    expect(await checkVectors(file, () => ({ ok: false, code: 'NO' }), { codes: false })).toEqual(['four: refused with NO', 'zero: refused with NO']);
    expect(await checkVectors(file, (input) => (input.n === 0 ? { ok: true, output: { half: 1 } } : halves(input)))).toEqual(['zero: expected {"half":0,"of":{"list":[1],"text":"0"}}, found {"half":1}']);
    expect(await checkVectors(file, () => ({ ok: true, output: { half: 2, of: { list: [1], text: '4' } } }))).toEqual([expect.stringMatching(/^zero: expected /), 'three: accepted', 'a text: accepted']);
  });

  test('takes an exception for a fault, not for a refusal', async () => {
    expect(await checkVectors(file, (input) => {
      if (input.n === 'x') throw new RangeError('no number');
      return halves(input);
    })).toEqual(['a text: threw RangeError: no number']);
  });
});
