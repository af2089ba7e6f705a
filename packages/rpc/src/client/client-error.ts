import { CodedError, type Refusal } from '@vsys/primitives';
import type { ClientCode } from '../contract.ts';
import { explainCode } from '../remedies.ts';

/** Codes that the client itself throws with. */
export type ClientErrorCode = ClientCode | 'CLIENT_CHECKPOINT' | 'CLIENT_CLOSED';

/** What a call threw: with a code of the client, or with the code and remedy that the node refused it with. */
export class ClientError extends CodedError {
  /** What to do about it, in one sentence. */
  readonly remedy: string;

  constructor(code: string, message: string, { remedy, ...data }: Readonly<Record<string, unknown>> & { readonly remedy?: string; readonly cause?: unknown } = {}) {
    super(code, message, data);
    this.remedy = remedy ?? explainCode(code)?.remedy ?? 'correct the request as the message says';
  }
}

export function clientError(code: ClientErrorCode, message: string, data: Readonly<Record<string, unknown>> = {}): ClientError {
  return new ClientError(code, message, data);
}

/** @param what - which part of the answer, and what it should be */
export function badAnswer(what: string): ClientError {
  return clientError('CLIENT_BAD_ANSWER', `the answer of the node is not as promised: ${what}`);
}

export function errorOfRefusal({ code, message, data }: Refusal): ClientError {
  return new ClientError(code, message, data);
}
