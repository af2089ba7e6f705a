/** The two that `documents` holds against each other: the same documents, the same indexes, and each with one durable commit for a batch. */

/** Batches are made before the clock starts: encoding and signing are the client's work, as the text of a statement is. */
export interface DocumentsSide {
  /** Takes batches in turn, each durable before the next one begins. */
  insert(first: number, batches: readonly number[]): Promise<Spent>;
  /** Reads one by one, each after the answer of the one before. */
  get(ids: readonly number[]): Promise<Spent>;
  /** The first 20 of a country by falling population. */
  range(countries: readonly string[]): Promise<Spent>;
  /** Adds one to an indexed field of a document, one durable commit each. */
  update(ids: readonly number[]): Promise<Spent>;
}

export interface Spent {
  readonly ms: number;
  /** Of all threads or processes of the side; NaN where it cannot be told. */
  readonly cpuMs: number;
}

export const RANGE_ROWS = 20;

export async function spent(cpuMs: () => number, work: () => Promise<void>): Promise<Spent> {
  const cpuBefore = cpuMs();
  const startMs = performance.now();
  await work();
  const ms = performance.now() - startMs;
  return { ms, cpuMs: cpuMs() - cpuBefore };
}

export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Rows of a statement or an answer; a side that finds another number has not done what it is measured for. */
export function assertRows(found: number | null, expected: number): void {
  if (found !== expected) throw new Error(`expected ${expected} rows, found ${found}`);
}
