import { CodedError } from '@vsys/primitives';

export interface RawRow {
  /** From 1. */
  readonly number: number;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Cuts text into rows as it comes: the elements of one JSON array, or else the lines that are not blank. */
export interface RowSplitter {
  push(text: string): readonly RawRow[];
  end(): readonly RawRow[];
}

export class RowError extends CodedError<'DATA_ROW'> {}

/** A document has at most 64 KiB; as JSON it may take several times as much. */
export const rowCharsMax = 1_048_576;

export function createRowSplitter(): RowSplitter {
  let number = 0;
  let line = 1;
  /** Of the row that is being gathered. */
  let from = 1;
  let text = '';
  let form: 'unknown' | 'lines' | 'array' | 'behind' = 'unknown';
  let depth = 0;
  let inString = false;
  let escaped = false;
  let needsComma = false;

  const wrong = (why: string): RowError => new RowError('DATA_ROW', `row ${number + 1}, line ${line}: ${why}`, { row: number + 1, line });
  const take = (): RawRow | undefined => {
    const row = text.trim();
    text = '';
    return row === '' ? undefined : { number: ++number, line: from, text: row };
  };
  const gather = (character: string): void => {
    if (text.length >= rowCharsMax) throw wrong(`a row has at most ${rowCharsMax} characters`);
    if (text === '') from = line;
    text += character;
  };
  const inLine = (character: string): RawRow | undefined => {
    if (character === '\n') return take();
    if (text !== '' || !' \t\r'.includes(character)) gather(character);
    return undefined;
  };
  /** Only strings and depth matter for where an element ends; whether it is JSON is seen when it is read. */
  const inArray = (character: string): RawRow | undefined => {
    if (inString) {
      gather(character);
      if (escaped) escaped = false;
      else if (character === '\\') escaped = true;
      else if (character === '"') inString = false;
      return undefined;
    }
    if (depth === 0 && (character === ',' || character === ']')) {
      const row = take();
      if (row === undefined && (character === ',' || needsComma)) throw wrong(`expected a document before "${character}"`);
      needsComma = character === ',';
      if (character === ']') form = 'behind';
      return row;
    }
    if (text === '' && ' \t\r\n'.includes(character)) return undefined;
    gather(character);
    if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if ((character === '}' || character === ']') && --depth < 0) throw wrong(`"${character}" closes what was not opened`);
    return undefined;
  };
  const step = (character: string): RawRow | undefined => {
    if (form === 'array') return inArray(character);
    if (form === 'lines') return inLine(character);
    if (' \t\r\n'.includes(character)) return undefined;
    if (form === 'behind') throw wrong('the array has ended, and something follows it');
    form = character === '[' ? 'array' : 'lines';
    return form === 'lines' ? inLine(character) : undefined;
  };

  return {
    push(chunk) {
      const rows: RawRow[] = [];
      for (const character of chunk) {
        const row = step(character);
        if (character === '\n') line += 1;
        if (row !== undefined) rows.push(row);
      }
      return rows;
    },
    end() {
      if (form === 'array') throw wrong('the array does not end; the file may be cut off');
      const row = form === 'lines' ? take() : undefined;
      return row === undefined ? [] : [row];
    },
  };
}
