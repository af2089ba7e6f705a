import { documentToJson } from '@vsys/data-format/value';
import type { StoredDocument } from '@vsys/database/layout';

/** Results go to stdout, talk to stderr, so that a result can be piped. */

/** Rows of cells, in columns; the last column is not padded. */
export function printRows(rows: readonly (readonly string[])[]): void {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  for (const row of rows) process.stdout.write(`${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] as number))).join('  ')}\n`);
}

/** Numbers above 2^53 as strings, as everywhere in our JSON. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one), 2)}\n`);
}

/** An answer with documents in it. They are put in as they are written, so that no number changes its kind on the way. */
export function printDocuments(answer: Readonly<Record<string, unknown>>, documents: readonly StoredDocument[]): void {
  const list = documents.map(({ version, height, document }) => `{"version":"${version}","height":${height},"document":${documentToJson(document)}}`);
  process.stdout.write(`${JSON.stringify(answer).slice(0, -1)},"documents":[${list.join(',')}]}\n`);
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
