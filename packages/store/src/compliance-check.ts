import { CodedError, toHex } from '@vsys/primitives';

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

/** The work must be refused with this code. */
export async function refused(work: () => Promise<unknown>, code: string, what: string): Promise<void> {
  let found = 'no error';
  try {
    await work();
  } catch (error) {
    found = String((error as { code?: unknown }).code ?? error);
  }
  equal(found, code, what);
}

function show(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `0x${toHex(value as Uint8Array)}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return String(value);
}

function brief(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
