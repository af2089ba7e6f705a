import { describe, expect, test } from '@jest/globals';
import { createRowSplitter, type RawRow, rowCharsMax } from '../src/split-rows.ts';

function split(text: string, pieces = 1): readonly RawRow[] {
  const splitter = createRowSplitter();
  const size = Math.max(1, Math.ceil(text.length / pieces));
  const rows: RawRow[] = [];
  for (let at = 0; at < text.length; at += size) rows.push(...splitter.push(text.slice(at, at + size)));
  return [...rows, ...splitter.end()];
}
const textsOf = (text: string, pieces?: number): string[] => split(text, pieces).map((row) => row.text);

describe('rows of a text', () => {
  test('are its lines, less the blank ones; the last needs no break', () => {
    expect(split('{"a":1}\r\n\n  {"b":2} \n{"c":3}')).toEqual([{ number: 1, line: 1, text: '{"a":1}' }, { number: 2, line: 3, text: '{"b":2}' }, { number: 3, line: 4, text: '{"c":3}' }]);
    expect(split('')).toEqual([]);
    expect(split('\n \n')).toEqual([]);
  });

  test('are the elements of an array, wherever they break', () => {
    const text = '[\n  {"a": [1, 2]},\n  {"b": "],[{\\"\\\\"},\n\n  {"c": {"d": []}}\n]\n';
    expect(split(text)).toEqual([{ number: 1, line: 2, text: '{"a": [1, 2]}' }, { number: 2, line: 3, text: '{"b": "],[{\\"\\\\"}' }, { number: 3, line: 5, text: '{"c": {"d": []}}' }]);
    expect(split('[]')).toEqual([]);
  });

  test('do not depend on how the text comes', () => {
    for (const text of ['[{"a":"x,]"},{"b":[{}]}]', '{"a":1}\n{"b":2}\n']) for (let pieces = 1; pieces <= text.length; pieces++) expect(textsOf(text, pieces)).toEqual(textsOf(text));
  });

  test.each([
    ['[{"a":1}', 'row 1, line 1: the array does not end'], ['[{"a":1},]', 'expected a document before "]"'], ['[,{"a":1}]', 'expected a document before ","'],
    ['[{"a":1}]x', 'something follows it'], ['[{"a":1}}]', 'closes what was not opened'],
  ])('that cannot be told apart are refused: %s', (text, says) => {
    expect(() => split(text)).toThrow(expect.objectContaining({ code: 'DATA_ROW', message: expect.stringContaining(says) }));
  });

  test('have a longest length', () => {
    const row = `"${'x'.repeat(rowCharsMax - 2)}"`;
    expect(textsOf(row)).toEqual([row]);
    expect(() => split(`${row} x`)).toThrow(expect.objectContaining({ code: 'DATA_ROW' }));
  });
});
