import { type Document, encodeDocument } from '@vsys/data-format/value';
import { documentOf, nameOf } from './documents-chain.ts';

const ABOUT_BYTES = 255;

/** The document of this number: a city with words about it, 400 bytes of BSON on average. */
export function documentOf400(at: number): Document {
  let about = '';
  for (let seed = (at * 40_503 + 1) >>> 0; about.length < ABOUT_BYTES; seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) about += `${nameOf(seed)} `;
  return new Map([...documentOf(at), ['about', about.slice(0, ABOUT_BYTES)]]);
}

/** The same as plain JSON: all its numbers are exact there. */
export function jsonOf400(at: number): string {
  const document = documentOf400(at);
  return JSON.stringify(Object.fromEntries([...document].map(([path, value]) => [path, typeof value === 'bigint' ? Number(value) : value])));
}

export function bytesOf400(at: number): number {
  const encoded = encodeDocument(documentOf400(at));
  return encoded.ok ? encoded.value.length : Number.NaN;
}
