import { type AccountId, accept, concatBytes, refuse, utf8FromBytes, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { amountFromBytes, amountToBytes, type ObjectId } from './layout.ts';
import { tokenLimits as limits } from './limits.ts';

export type TokenPayloadCode = 'TOKEN_PAYLOAD' | 'TOKEN_LIMIT';

/** What one operation does: docs/spec/token.md §2. `from` is the actor, or an account object that the actor owns. */
export type TokenOperation =
  | { readonly kind: 'createFungible'; readonly symbol: string; readonly decimals: number; readonly cap: bigint; readonly isRestricted: boolean }
  | { readonly kind: 'issue'; readonly token: ObjectId; readonly to: AccountId; readonly amount: bigint }
  | { readonly kind: 'transfer'; readonly token: ObjectId; readonly from: AccountId; readonly to: AccountId; readonly amount: bigint }
  | { readonly kind: 'burn'; readonly token: ObjectId; readonly from: AccountId; readonly amount: bigint }
  | { readonly kind: 'freeze' | 'allow'; readonly token: ObjectId; readonly holder: AccountId; readonly on: boolean }
  | { readonly kind: 'pause'; readonly token: ObjectId; readonly on: boolean }
  | { readonly kind: 'createNonFungible'; readonly to: AccountId; readonly hash: Uint8Array; readonly uri: string }
  | { readonly kind: 'createAccount'; readonly name: string }
  | { readonly kind: 'offer'; readonly object: ObjectId; readonly to: AccountId }
  | { readonly kind: 'accept' | 'destroy'; readonly object: ObjectId };

export type TokenAction = TokenOperation['kind'];

const TAG: Readonly<Record<TokenAction, number>> = {
  createFungible: 1, issue: 2, transfer: 3, burn: 4, freeze: 5, allow: 6, pause: 7, createNonFungible: 8, createAccount: 9, offer: 10, accept: 11, destroy: 12,
};
const kindOfTag = new Map(Object.entries(TAG).map(([kind, tag]) => [tag, kind as TokenAction]));
const SYMBOL = /^[A-Z][A-Z0-9]{0,11}$/;
const ACCOUNT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;

/** Parts of fixed length in a fixed order, text last: what is accepted has one spelling. */
export function payloadOf(operation: TokenOperation): Uint8Array {
  const bool = (on: boolean): Uint8Array => Uint8Array.of(on ? 1 : 0);
  const parts = ((): readonly Uint8Array[] => {
    switch (operation.kind) {
      case 'createFungible': return [Uint8Array.of(operation.decimals & 0xff), bool(operation.isRestricted), amountToBytes(operation.cap), utf8ToBytes(operation.symbol)];
      case 'issue': return [operation.token, operation.to, amountToBytes(operation.amount)];
      case 'transfer': return [operation.token, operation.from, operation.to, amountToBytes(operation.amount)];
      case 'burn': return [operation.token, operation.from, amountToBytes(operation.amount)];
      case 'freeze': case 'allow': return [operation.token, operation.holder, bool(operation.on)];
      case 'pause': return [operation.token, bool(operation.on)];
      case 'createNonFungible': return [operation.to, operation.hash, utf8ToBytes(operation.uri)];
      case 'createAccount': return [utf8ToBytes(operation.name)];
      case 'offer': return [operation.object, operation.to];
      case 'accept': case 'destroy': return [operation.object];
    }
  })();
  return concatBytes(Uint8Array.of(TAG[operation.kind]), ...parts);
}

/** Bytes of a payload without its text: all of it, where there is none. */
const FIXED: Readonly<Record<TokenAction, number>> = {
  createFungible: 19, issue: 57, transfer: 77, burn: 57, freeze: 42, allow: 42, pause: 22, createNonFungible: 53, createAccount: 1, offer: 41, accept: 21, destroy: 21,
};
const withText = new Set<TokenAction>(['createFungible', 'createNonFungible', 'createAccount']);

export function operationFromPayload(payload: Uint8Array): Verdict<TokenOperation, TokenPayloadCode> {
  const kind = kindOfTag.get(payload[0] ?? 0);
  if (kind === undefined) return malformed('its first byte names no operation');
  const fixed = FIXED[kind];
  if (payload.length < fixed || (payload.length > fixed && !withText.has(kind))) return malformed(`${kind} has ${fixed} bytes${withText.has(kind) ? ' and a text' : ''}, found ${payload.length}`);
  const id = (at: number): Uint8Array => payload.slice(at, at + 20);
  const flag = (at: number): boolean | undefined => payload[at] === 0 ? false : payload[at] === 1 ? true : undefined;
  switch (kind) {
    case 'createFungible': return readFungible(payload, flag(2));
    case 'issue': return readAmount(payload, 41, (amount) => ({ kind, token: id(1), to: id(21), amount }));
    case 'transfer': return readAmount(payload, 61, (amount) => ({ kind, token: id(1), from: id(21), to: id(41), amount }));
    case 'burn': return readAmount(payload, 41, (amount) => ({ kind, token: id(1), from: id(21), amount }));
    case 'freeze': case 'allow': return readFlag(flag(41), (on) => ({ kind, token: id(1), holder: id(21), on }));
    case 'pause': return readFlag(flag(21), (on) => ({ kind, token: id(1), on }));
    case 'createNonFungible': {
      const uri = textFrom(payload.subarray(fixed), limits.uriBytesMax);
      return uri === undefined ? refuse('TOKEN_LIMIT', `a uri has at most ${limits.uriBytesMax} printable characters of ASCII`) : accept({ kind, to: id(1), hash: payload.slice(21, 53), uri });
    }
    case 'createAccount': {
      const name = textFrom(payload.subarray(fixed), limits.accountNameBytesMax);
      return name !== undefined && ACCOUNT_NAME.test(name) ? accept({ kind, name }) : malformed('the name of an account has 1 to 32 of A-Z, a-z, 0-9, "_", "." and "-", and does not begin with "." or "-"');
    }
    case 'offer': return accept({ kind, object: id(1), to: id(21) });
    case 'accept': case 'destroy': return accept({ kind, object: id(1) });
  }
}

function readFungible(payload: Uint8Array, isRestricted: boolean | undefined): Verdict<TokenOperation, TokenPayloadCode> {
  const decimals = payload[1] as number;
  if (isRestricted === undefined) return malformed('a flag is 0 or 1');
  if (decimals > limits.decimalsMax) return refuse('TOKEN_LIMIT', `a fungible has 0 to ${limits.decimalsMax} decimals, found ${decimals}`);
  const cap = amountFromBytes(payload, 3);
  if (cap === 0n) return refuse('TOKEN_LIMIT', 'a cap of 0 would allow none of it; give 2^128 - 1 for no cap');
  const symbol = textFrom(payload.subarray(FIXED.createFungible), limits.symbolBytesMax);
  return symbol !== undefined && SYMBOL.test(symbol) ? accept({ kind: 'createFungible', symbol, decimals, cap, isRestricted }) : malformed(`a symbol has 1 to ${limits.symbolBytesMax} of A-Z and 0-9, and begins with a letter`);
}

function readAmount(payload: Uint8Array, at: number, make: (amount: bigint) => TokenOperation): Verdict<TokenOperation, TokenPayloadCode> {
  const amount = amountFromBytes(payload, at);
  return amount === 0n ? malformed('an amount is above 0') : accept(make(amount));
}

function readFlag(on: boolean | undefined, make: (on: boolean) => TokenOperation): Verdict<TokenOperation, TokenPayloadCode> {
  return on === undefined ? malformed('a flag is 0 or 1') : accept(make(on));
}

function textFrom(bytes: Uint8Array, max: number): string | undefined {
  return bytes.length <= max && bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? utf8FromBytes(bytes) : undefined;
}

function malformed(why: string): Verdict<never, 'TOKEN_PAYLOAD'> {
  return refuse('TOKEN_PAYLOAD', `the payload is not an operation of tokens: ${why}`);
}
