import { CodedError } from '@vsys/primitives';
import type { FailureBundle } from './failure-bundle.ts';

export type ChainCode = 'CHAIN_WRONG_DATA' | 'CHAIN_LOG_BEHIND' | 'CHAIN_REPLAY' | 'CHAIN_SPEC' | 'CHAIN_CONTAINER' | 'CHAIN_STORE' | 'CHAIN_CLOSED' | 'CHAIN_BROKEN' | 'CHAIN_FAILED' | 'CHAIN_RULES_MISSING';

/** Thrown when a chain cannot be opened or run on: a broken environment, not a bad block. */
export class ChainError extends CodedError<ChainCode> {
  /** What another machine needs to repeat it, where a block did not execute as promised. */
  readonly bundle: FailureBundle | undefined;

  constructor(code: ChainCode, message: string, { bundle, ...data }: Readonly<Record<string, unknown>> & { readonly cause?: unknown; readonly bundle?: FailureBundle } = {}) {
    super(code, message, data);
    this.bundle = bundle;
  }
}
