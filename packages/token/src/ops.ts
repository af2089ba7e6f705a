/** Builders of operations on tokens, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, type Verdict } from '@vsys/primitives';
import { type ObjectId, TOKEN } from './layout.ts';
import { AMOUNT_MAX } from './limits.ts';
import { operationFromPayload, payloadOf, type TokenOperation, type TokenPayloadCode } from './operation.ts';

export { accountObjectId, tokenId } from './layout.ts';
export type { ObjectId } from './layout.ts';

export interface TokenCall {
  readonly container: typeof TOKEN;
  readonly payload: Uint8Array;
  /** Who acts, when it is not the payer. */
  readonly actor?: AccountId;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class TokenOpError extends CodedError<TokenPayloadCode> {}

export interface NewFungible {
  readonly symbol: string;
  /** Default 0. */
  readonly decimals?: number;
  /** In units. Default: 2^128 - 1, which is no cap. */
  readonly cap?: bigint;
  /** Only holders on the issuer's list hold it. Default no. */
  readonly isRestricted?: boolean;
}

/**
 * @example
 * const operations = [createFungible({ symbol: 'BEAN', decimals: 2, cap: 1_000_000_00n })];
 * const bean = fungibleOps(tokenId(transactionId, 0));
 */
export function createFungible({ symbol, decimals = 0, cap = AMOUNT_MAX, isRestricted = false }: NewFungible): TokenCall {
  return call({ kind: 'createFungible', symbol, decimals, cap, isRestricted });
}

/** @param hash - 32 bytes, of what the uri leads to */
export function createNonFungible(to: AccountId, hash: Uint8Array, uri = ''): TokenCall {
  return call({ kind: 'createNonFungible', to, hash, uri });
}

/** A named container of fungibles; its id follows from who makes it and the name. */
export function createAccount(name: string): TokenCall {
  return call({ kind: 'createAccount', name });
}

export interface FungibleOps {
  issue(to: AccountId, amount: bigint): TokenCall;
  /** @param from - the actor, or an account object that it owns */
  transfer(from: AccountId, to: AccountId, amount: bigint): TokenCall;
  burn(from: AccountId, amount: bigint): TokenCall;
  freeze(holder: AccountId, on?: boolean): TokenCall;
  allow(holder: AccountId, on?: boolean): TokenCall;
  pause(on?: boolean): TokenCall;
}

export function fungibleOps(token: ObjectId): FungibleOps {
  return {
    issue: (to, amount) => call({ kind: 'issue', token, to, amount }),
    transfer: (from, to, amount) => call({ kind: 'transfer', token, from, to, amount }),
    burn: (from, amount) => call({ kind: 'burn', token, from, amount }),
    freeze: (holder, on = true) => call({ kind: 'freeze', token, holder, on }),
    allow: (holder, on = true) => call({ kind: 'allow', token, holder, on }),
    pause: (on = true) => call({ kind: 'pause', token, on }),
  };
}

/** Any fungible, non-fungible or account changes hands in two steps. To oneself: takes an offer back. */
export function offerObject(object: ObjectId, to: AccountId): TokenCall {
  return call({ kind: 'offer', object, to });
}

export function acceptObject(object: ObjectId): TokenCall {
  return call({ kind: 'accept', object });
}

/** Of a non-fungible. */
export function destroyObject(object: ObjectId): TokenCall {
  return call({ kind: 'destroy', object });
}

function call(operation: TokenOperation): TokenCall {
  const payload = payloadOf(operation);
  const checked: Verdict<unknown, TokenPayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new TokenOpError(checked.code, checked.message, checked.data ?? {});
  return { container: TOKEN, payload };
}
