import { CodedError } from './coded-error.ts';

/** A promise that the code makes to itself is broken. The node stops on it: better down than wrong. */
export class InvariantError extends CodedError<'INVARIANT_BROKEN'> {}

/** Stops when `condition` is false. For what must hold by our own reasoning, never for input. */
export function invariant(condition: unknown, message: string, data?: Record<string, unknown>): asserts condition {
  if (!condition) throw new InvariantError('INVARIANT_BROKEN', message, data);
}

/** Closes a `switch` over a union: a new member becomes a type error here. */
export function unreachable(value: never): never {
  throw new InvariantError('INVARIANT_BROKEN', `unreachable case: ${String(value)}`);
}
