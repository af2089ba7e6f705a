/** What the compliance suites of all interfaces share. A suite imports nothing of a runner: the runner's `test` is handed in. */
import { toHex } from './bytes.ts';
import { CodedError } from './coded-error.ts';

/** A law of a suite is broken by the implementation under test. */
export class ComplianceError extends CodedError<'COMPLIANCE_FAILED'> {}

/** How a runner takes a test: jest's, node's and most others' `test` fit as they are. */
export type DefineTest = (name: string, run: () => Promise<void>) => void;

/** Compares by their text: bytes as hexadecimal, lists by their members. */
export function equal(found: unknown, expected: unknown, what: string): void {
  const a = show(found);
  const b = show(expected);
  if (a !== b) throw new ComplianceError('COMPLIANCE_FAILED', `${what}: expected ${brief(b)}, found ${brief(a)}`);
}

/** The work must throw this code, at once or by its promise. */
export async function refused(work: () => unknown, code: string, what: string): Promise<void> {
  let found = 'no error';
  try {
    await work();
  } catch (error) {
    found = String((error as { code?: unknown }).code ?? error);
  }
  equal(found, code, what);
}

/** Runs a suite and gives the names of the laws that failed as laws, not by accident: what a broken twin is judged by. */
export async function failedLaws(suite: (define: DefineTest) => void): Promise<string[]> {
  const laws: [string, () => Promise<void>][] = [];
  suite((name, run) => void laws.push([name, run]));
  const failed: string[] = [];
  for (const [name, run] of laws) {
    try {
      await run();
    } catch (error) {
      if ((error as { code?: unknown }).code === 'COMPLIANCE_FAILED') failed.push(name);
    }
  }
  return failed;
}

function show(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `0x${toHex(value as Uint8Array)}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return String(value);
}

function brief(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
