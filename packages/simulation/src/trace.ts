import { createHash } from 'node:crypto';

/** What happened in a run, in order, as one hash: two runs of one seed must have the same. */
export interface Trace {
  add(line: string): void;
  /** Lines so far. */
  readonly length: number;
  hash(): string;
  /** The last lines, for a report. */
  tail(): readonly string[];
}

const TAIL_LINES = 40;

export function createTrace(): Trace {
  const hash = createHash('sha256');
  const last: string[] = [];
  let length = 0;
  return {
    add(line) {
      hash.update(line).update('\n');
      length++;
      last.push(line);
      if (last.length > 2 * TAIL_LINES) last.splice(0, TAIL_LINES);
    },
    get length() { return length; },
    hash: () => hash.copy().digest('hex'),
    tail: () => last.slice(-TAIL_LINES),
  };
}
