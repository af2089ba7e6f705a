import { type BenchRow, figureText } from './bench.ts';

/** Rows as aligned text, numbers to the right; a head wherever the columns change. */
export function tableLines(rows: readonly BenchRow[]): string[] {
  const lines: string[] = [];
  for (let from = 0; from < rows.length;) {
    const columns = Object.keys(rows[from] as BenchRow);
    let to = from + 1;
    while (to < rows.length && Object.keys(rows[to] as BenchRow).join() === columns.join()) to++;
    if (from > 0) lines.push('');
    lines.push(...oneTable(columns, rows.slice(from, to)));
    from = to;
  }
  return lines;
}

function oneTable(columns: readonly string[], rows: readonly BenchRow[]): string[] {
  const cells = rows.map((row) => columns.map((column) => cellText(row[column])));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => (row[i] as string).length)));
  const isNumber = columns.map((column) => rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]): string => row.map((cell, i) => (isNumber[i] === true ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number))).join('  ').trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)];
}

function cellText(value: string | number | undefined): string {
  return typeof value === 'number' ? figureText(value) : (value ?? '');
}
