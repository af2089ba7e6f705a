import { accept, equalBytes, refuse, toHex, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { accountObjectId, type AccountRecord, createdKey, type NonFungibleRecord, type ObjectId, ownedKey, PRESENT, tokenFromRecord, tokenId, tokenKey, type TokenRecord, tokenToRecord } from './layout.ts';
import { tokenGas } from './limits.ts';
import type { TokenOperation } from './operation.ts';

export type ObjectCode = 'TOKEN_UNKNOWN' | 'TOKEN_KIND' | 'TOKEN_EXISTS' | 'TOKEN_NOT_OWNER' | 'TOKEN_NO_OFFER';

type Of<Kind extends TokenOperation['kind']> = Extract<TokenOperation, { kind: Kind }>;
interface Named { readonly object: ObjectId }
type Context = Pick<OperationContext, 'state' | 'gas'>;

/** Answers its id. */
export function createFungible({ symbol, decimals, cap, isRestricted }: Of<'createFungible'>, context: OperationContext): Uint8Array {
  const { actor, transactionId, index } = context;
  return create(tokenId(transactionId, index), { kind: 'fungible', creator: actor, owner: actor, symbol, decimals, supply: 0n, cap, isRestricted, isPaused: false }, context);
}

/** To somebody else at once: what one gets as new can be given away. */
export function createNonFungible({ to, hash, uri }: Of<'createNonFungible'>, context: OperationContext): Uint8Array {
  const { actor, transactionId, index } = context;
  const record: NonFungibleRecord = { kind: 'nonFungible', creator: actor, owner: to, uri, hash };
  return create(tokenId(transactionId, index), record, context);
}

export function createAccount({ name }: Of<'createAccount'>, context: OperationContext): Verdict<Uint8Array, ObjectCode> {
  const id = accountObjectId(context.actor, name);
  if (context.state.get(tokenKey(id)) !== undefined) return refuse('TOKEN_EXISTS', `this creator has made an account "${name}" already`);
  const record: AccountRecord = { kind: 'account', creator: context.actor, owner: context.actor, name };
  return accept(create(id, record, context));
}

/** To oneself: takes an offer back. */
export function offer({ object, to }: Of<'offer'>, context: OperationContext): Verdict<void, ObjectCode> {
  const record = ownedObject(object, context);
  if (!record.ok) return record;
  const { offeredTo: _, ...rest } = record.value;
  writeObject(object, record.value, equalBytes(to, context.actor) ? rest : { ...rest, offeredTo: to }, context);
  return accept(undefined);
}

export function acceptOffer({ object }: Named, context: OperationContext): Verdict<void, ObjectCode> {
  const record = objectOf(object, context);
  if (!record.ok) return record;
  const { offeredTo, ...rest } = record.value;
  if (offeredTo === undefined || !equalBytes(offeredTo, context.actor)) return refuse('TOKEN_NO_OFFER', `${toHex(object)} is not offered to this actor`);
  writeObject(object, record.value, { ...rest, owner: context.actor }, context);
  return accept(undefined);
}

/** Only what nothing else hangs on: a fungible has holders, an account balances. */
export function destroy({ object }: Named, context: OperationContext): Verdict<void, ObjectCode> {
  const record = ownedObject(object, context);
  if (!record.ok) return record;
  if (record.value.kind !== 'nonFungible') return refuse('TOKEN_KIND', 'only a non-fungible is destroyed; a fungible is burned by those who hold it');
  context.gas.charge(3n * tokenGas.keyWrite);
  for (const key of [tokenKey(object), ownedKey(record.value.owner, object), createdKey(record.value.creator, object)]) context.state.set(key, undefined);
  return accept(undefined);
}

function objectOf(object: ObjectId, { state }: Context): Verdict<TokenRecord, ObjectCode> {
  const bytes = state.get(tokenKey(object));
  return bytes === undefined ? refuse('TOKEN_UNKNOWN', `there is no token or account ${toHex(object)}`) : accept(tokenFromRecord(bytes));
}

function ownedObject(object: ObjectId, context: OperationContext): Verdict<TokenRecord, ObjectCode> {
  const record = objectOf(object, context);
  if (!record.ok || equalBytes(record.value.owner, context.actor)) return record;
  return refuse('TOKEN_NOT_OWNER', `${toHex(object)} belongs to somebody else`);
}

function create(id: ObjectId, record: TokenRecord, context: OperationContext): ObjectId {
  context.gas.charge(tokenGas.keyWrite);
  context.state.set(createdKey(record.creator, id), PRESENT);
  writeObject(id, undefined, record, context);
  return id;
}

/** The record, and the entry by owner. */
export function writeObject(id: ObjectId, before: TokenRecord | undefined, after: TokenRecord, { state, gas }: Context): void {
  const bytes = tokenToRecord(after);
  const moves = before === undefined || !equalBytes(before.owner, after.owner);
  gas.charge(tokenGas.keyWrite * (moves ? 3n : 1n) + tokenGas.storedByte * BigInt(bytes.length));
  state.set(tokenKey(id), bytes);
  if (!moves) return;
  if (before !== undefined) state.set(ownedKey(before.owner, id), undefined);
  state.set(ownedKey(after.owner, id), PRESENT);
}
