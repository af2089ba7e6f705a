/**
 * Thrown on misuse and on a broken environment. An expected refusal is a value instead: see `Refusal`.
 * Subclasses close the set of codes: `class StoreError extends CodedError<'STORE_CLOSED' | 'STORE_CORRUPT'> {}`.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  /** What the message names, for logs. Never secrets, never text that a peer sent. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, data: Readonly<Record<string, unknown>> & { cause?: unknown } = {}) {
    const { cause, ...rest } = data;
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.data = rest;
  }
}

/** True for an error of ours with this code, also when it comes from another copy of the package. */
export function hasCode<Code extends string>(error: unknown, code: Code): error is Error & { code: Code } {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === code;
}
