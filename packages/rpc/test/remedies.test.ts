import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { explainCode, explainedCodes } from '../src/remedies.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Text of every source of the platform but the tables of remedies. */
function sources(): string {
  const texts: string[] = [];
  for (const group of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, group))) {
      const folder = join(root, group, name, 'src');
      for (const file of filesBelow(folder)) {
        if (file.endsWith('.ts') && !/[/\\]remedies[^/\\]*\.ts$/.test(file)) texts.push(readFileSync(file, 'utf8'));
      }
    }
  }
  return texts.join('\n');
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  } catch {
    return [];
  }
}

/** Examples in comments may name codes of other people's parts. */
const text = sources().replaceAll(/^\s*(?:\/\*\*|\*|\/\/).*$/gm, '');

/** Codes where they are refused or thrown, then the members of closed unions, which are how the others are declared. */
const codes = (...patterns: RegExp[]): Set<string> => new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] as string)));
const thrown = codes(/\b(?:refuse|[A-Za-z]*Error|Stop|OutOfGas)\(\s*'([A-Z][A-Z0-9_]{3,})'/g);
/** Codes that begin with ERR or UND_ERR are those of Node, which the sources only ask for. */
const quoted = codes(/'(?!ERR_|UND_ERR_)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g, /\bcode: '([A-Z][A-Z0-9_]{3,})'/g);

describe('the table of remedies', () => {
  it('sees the codes of the sources', () => {
    expect(thrown.size).toBeGreaterThan(150);
    expect([...thrown]).toEqual(expect.arrayContaining(['TX_EXPIRED', 'STORE_LOCKED', 'VALUE_RANGE', 'CONFIG_MISSING']));
  });

  it('explains every code that a source refuses, throws or declares', () => {
    expect([...thrown, ...quoted].filter((code) => explainCode(code) === undefined)).toEqual([]);
  });

  it('explains no code that the sources do not have', () => {
    expect(explainedCodes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  it('tells what happened and what to do, in one line each', () => {
    for (const code of explainedCodes) {
      const { cause, remedy } = explainCode(code) as { cause: string; remedy: string };
      expect({ code, fits: [cause, remedy].every((line) => line.length >= 7 && line.length <= 140 && !line.includes('\n')) }).toEqual({ code, fits: true });
    }
    expect(explainCode('TX_EXPIRED')).toEqual({ code: 'TX_EXPIRED', cause: 'the height in validUntil is past', remedy: 'sign it again with a later validUntil' });
    expect(explainCode('TX_EXPIRE')).toBeUndefined();
    expect(explainCode('constructor')).toBeUndefined();
  });
});
