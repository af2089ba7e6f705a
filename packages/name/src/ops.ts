/** Builders of operations on names, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, type Verdict } from '@vsys/primitives';
import { commitmentOf, NAME } from './layout.ts';
import { type NameOperation, type NamePayloadCode, operationFromPayload, payloadOf } from './operation.ts';

export { commitmentOf } from './layout.ts';

export interface NameCall {
  readonly container: typeof NAME;
  readonly payload: Uint8Array;
  /** Who acts, when it is not the payer. */
  readonly actor?: AccountId;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class NameOpError extends CodedError<NamePayloadCode> {}

/**
 * The first half of having a global name: tells nobody which. Keep the salt (16 to 64 random bytes) until the reveal; without it the reservation is of no use.
 *
 * @example
 * const first = reserveName('orchid', owner, salt);
 * // after the chain's reserveMin blocks, by the same owner
 * const second = revealName('orchid', salt);
 */
export function reserveName(name: string, owner: AccountId, salt: Uint8Array): NameCall {
  // Refuses a form that the reveal would be refused for.
  revealName(name, salt);
  return call({ kind: 'reserve', commitment: commitmentOf(salt, name, owner) });
}

export function revealName(name: string, salt: Uint8Array): NameCall {
  return call({ kind: 'reveal', name, salt });
}

export interface NameOps {
  /** A term more; by anyone. */
  renew(): NameCall;
  redeem(): NameCall;
  /** At the price of the block that takes it. */
  buy(): NameCall;
  /** It is theirs once they accept; to oneself takes an offer back. */
  offer(to: AccountId): NameCall;
  accept(): NameCall;
  setTarget(target: Uint8Array): NameCall;
  clearTarget(): NameCall;
  /** The actor goes by this name, which must lead to it. */
  setPrimary(): NameCall;
}

export function nameOps(name: string): NameOps {
  return {
    renew: () => call({ kind: 'renew', name }),
    redeem: () => call({ kind: 'redeem', name }),
    buy: () => call({ kind: 'buy', name }),
    offer: (to) => call({ kind: 'offer', name, to }),
    accept: () => call({ kind: 'accept', name }),
    setTarget: (to) => call({ kind: 'setTarget', name, to }),
    clearTarget: () => call({ kind: 'clearTarget', name }),
    setPrimary: () => call({ kind: 'setPrimary', name }),
  };
}

/** A name that counts under the actor alone. */
export function setLocalName(name: string, to: Uint8Array): NameCall {
  return call({ kind: 'setLocal', name, to });
}

export function clearLocalName(name: string): NameCall {
  return call({ kind: 'clearLocal', name });
}

function call(operation: NameOperation): NameCall {
  const payload = payloadOf(operation);
  const checked: Verdict<unknown, NamePayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new NameOpError(checked.code, checked.message, checked.data ?? {});
  return { container: NAME, payload };
}
