import { ChainError } from './chain-error.ts';

/** Lets tasks through until one throws. After that nobody knows what holds, so nothing more is done. */
export interface FailureGate {
  /** @throws ChainError `CHAIN_FAILED` after a failure */
  assertSound(): void;
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** `onFailure` hears of the first failure, before the task's own caller does. */
export function createFailureGate(onFailure: (error: unknown) => void): FailureGate {
  let failed: { readonly error: unknown } | undefined;
  const assertSound = (): void => {
    if (failed !== undefined) throw new ChainError('CHAIN_FAILED', 'the chain stopped on an earlier failure; repair what that one names, then start the node again', { cause: failed.error });
  };
  return {
    assertSound,
    async run(task) {
      assertSound();
      try {
        return await task();
      } catch (error) {
        failed ??= { error };
        onFailure(error);
        throw error;
      }
    },
  };
}
