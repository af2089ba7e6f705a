/** An expected refusal: bad block, bad signature, full mempool. A value, not an exception. */
export interface Refusal<Code extends string = string> {
  readonly ok: false;
  readonly code: Code;
  /** One sentence: what was found, in which argument. */
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Accepted<T> {
  readonly ok: true;
  readonly value: T;
}

export type Verdict<T, Code extends string = string> = Accepted<T> | Refusal<Code>;

export function accept<T>(value: T): Accepted<T> {
  return { ok: true, value };
}

export function refuse<Code extends string>(code: Code, message: string, data?: Readonly<Record<string, unknown>>): Refusal<Code> {
  return data === undefined ? { ok: false, code, message } : { ok: false, code, message, data };
}
