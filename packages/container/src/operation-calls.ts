import { accept, type AccountId, type Verdict } from '@vsys/primitives';
import type { BlockContext, Container, OperationContext } from './container.ts';

/** A container whose payloads are read into operations, each of one kind. */
export interface OperationCalls<O> {
  /** Without state; refuses what is not an operation. */
  read(payload: Uint8Array): Verdict<O>;
  /** What else can be judged without state. */
  check?(operation: O): Verdict<void>;
  touches(operation: O, actor: AccountId, block: BlockContext): readonly Uint8Array[];
  actionOf(operation: O): string;
  /** Charged before it runs. */
  gasOf(operation: O, payload: Uint8Array): bigint;
  run(operation: O, context: OperationContext): Verdict<Uint8Array>;
}

/** The calls of a container over its operations. A payload is read once: it is the same array at admission, when keys are loaded, and when it runs. */
export function operationCalls<O>({ read, check, touches, actionOf, gasOf, run }: OperationCalls<O>): Required<Pick<Container, 'check' | 'touches' | 'actionOf' | 'execute'>> {
  const known = new WeakMap<Uint8Array, Verdict<O>>();
  const operationOf = (payload: Uint8Array): Verdict<O> => {
    const before = known.get(payload);
    if (before !== undefined) return before;
    const operation = read(payload);
    known.set(payload, operation);
    return operation;
  };
  return {
    check(payload) {
      const operation = operationOf(payload);
      if (!operation.ok) return operation;
      return check?.(operation.value) ?? accept(undefined);
    },
    touches(payload, actor, block) {
      const operation = operationOf(payload);
      return operation.ok ? touches(operation.value, actor, block) : [];
    },
    actionOf(payload) {
      const operation = operationOf(payload);
      return operation.ok ? actionOf(operation.value) : '';
    },
    execute(payload, context) {
      const operation = operationOf(payload);
      if (!operation.ok) return operation;
      context.gas.charge(gasOf(operation.value, payload));
      return run(operation.value, context);
    },
  };
}
