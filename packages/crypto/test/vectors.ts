import { readFileSync } from 'node:fs';
import { fromHex } from '@vsys/primitives';
import type { VectorFile, VectorOutcome, VectorValues } from '@vsys/primitives/vectors';

export function vectors(name: string): VectorFile {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as VectorFile;
}

export const bytesOf = (input: VectorValues, name: string): Uint8Array => fromHex(input[name] as string);
export const given = (output: VectorValues): VectorOutcome => ({ ok: true, output });
export const judged = (valid: boolean): VectorOutcome => (valid ? given({}) : { ok: false, code: 'INVALID' });
