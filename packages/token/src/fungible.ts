import { type AccountId, accept, equalBytes, refuse, toHex, type Verdict } from '@vsys/primitives';
import type { OperationContext, StateAccess } from '@vsys/container';
import { allowedKey, balanceFromRecord, balanceToRecord, frozenKey, type FungibleRecord, holdingKey, type ObjectId, PRESENT, tokenBalanceKey, tokenFromRecord, tokenKey } from './layout.ts';
import { tokenGas } from './limits.ts';
import { type ObjectCode, writeObject } from './object.ts';
import type { TokenOperation } from './operation.ts';

export type FungibleCode = ObjectCode | 'TOKEN_CAP' | 'TOKEN_INSUFFICIENT' | 'TOKEN_FROZEN' | 'TOKEN_NOT_ALLOWED' | 'TOKEN_PAUSED' | 'TOKEN_NOT_HOLDER';

type Of<Kind extends TokenOperation['kind']> = Extract<TokenOperation, { kind: Kind }>;
type Done = Verdict<void, FungibleCode>;

/** By its owner, up to the cap. */
export function issue({ token, to, amount }: Of<'issue'>, context: OperationContext): Done {
  const { state } = context;
  state.need([tokenKey(token), tokenBalanceKey(token, to), allowedKey(token, to)]);
  const record = fungibleOf(token, state);
  if (!record.ok) return record;
  const { owner, supply, cap } = record.value;
  if (!equalBytes(owner, context.actor)) return refuse('TOKEN_NOT_OWNER', 'only the owner of a fungible issues it');
  if (supply + amount > cap) return refuse('TOKEN_CAP', `there are ${supply}, and may be ${cap}`, { left: cap - supply });
  const held = checkMayHold(token, record.value, to, state);
  if (!held.ok) return held;
  add(token, to, amount, context);
  writeObject(token, record.value, { ...record.value, supply: supply + amount }, context);
  return accept(undefined);
}

export function transfer({ token, from, to, amount }: Of<'transfer'>, context: OperationContext): Done {
  const { state } = context;
  state.need([tokenKey(token), tokenKey(from), tokenBalanceKey(token, from), tokenBalanceKey(token, to), frozenKey(token, from), allowedKey(token, to)]);
  const record = fungibleOf(token, state);
  if (!record.ok) return record;
  const spends = checkMaySpend(token, record.value, from, context);
  if (!spends.ok) return spends;
  const holds = checkMayHold(token, record.value, to, state);
  if (!holds.ok) return holds;
  const taken = take(token, from, amount, context);
  if (!taken.ok) return taken;
  // Read after it was taken, so that a transfer to oneself changes nothing.
  add(token, to, amount, context);
  return accept(undefined);
}

/** By whoever holds it. */
export function burn({ token, from, amount }: Of<'burn'>, context: OperationContext): Done {
  const { state } = context;
  state.need([tokenKey(token), tokenKey(from), tokenBalanceKey(token, from), frozenKey(token, from)]);
  const record = fungibleOf(token, state);
  if (!record.ok) return record;
  const spends = checkMaySpend(token, record.value, from, context);
  if (!spends.ok) return spends;
  const taken = take(token, from, amount, context);
  if (!taken.ok) return taken;
  writeObject(token, record.value, { ...record.value, supply: record.value.supply - amount }, context);
  return accept(undefined);
}

/** A list of the issuer: of those who may not move it, or of those who may hold it. */
export function setList({ kind, token, holder, on }: Of<'freeze' | 'allow'>, { state, actor, gas }: OperationContext): Done {
  const record = fungibleOf(token, state);
  if (!record.ok) return record;
  if (!equalBytes(record.value.owner, actor)) return refuse('TOKEN_NOT_OWNER', 'only the owner of a fungible keeps its lists');
  gas.charge(tokenGas.keyWrite);
  state.set(kind === 'freeze' ? frozenKey(token, holder) : allowedKey(token, holder), on ? PRESENT : undefined);
  return accept(undefined);
}

export function pause({ token, on }: Of<'pause'>, context: OperationContext): Done {
  const record = fungibleOf(token, context.state);
  if (!record.ok) return record;
  if (!equalBytes(record.value.owner, context.actor)) return refuse('TOKEN_NOT_OWNER', 'only the owner of a fungible pauses it');
  writeObject(token, record.value, { ...record.value, isPaused: on }, context);
  return accept(undefined);
}

function fungibleOf(token: ObjectId, state: StateAccess): Verdict<FungibleRecord, FungibleCode> {
  const bytes = state.get(tokenKey(token));
  const record = bytes === undefined ? undefined : tokenFromRecord(bytes);
  if (record === undefined) return refuse('TOKEN_UNKNOWN', `there is no fungible ${toHex(token)}`);
  return record.kind === 'fungible' ? accept(record) : refuse('TOKEN_KIND', `${toHex(token)} is no fungible`);
}

function checkMaySpend(token: ObjectId, { isPaused }: FungibleRecord, from: AccountId, { state, actor }: OperationContext): Done {
  if (isPaused) return refuse('TOKEN_PAUSED', 'its owner has paused the fungible');
  if (!equalBytes(from, actor)) {
    const bytes = state.get(tokenKey(from));
    const account = bytes === undefined ? undefined : tokenFromRecord(bytes);
    if (account?.kind !== 'account' || !equalBytes(account.owner, actor)) return refuse('TOKEN_NOT_HOLDER', 'one spends what one holds oneself or in an account that one owns');
  }
  return state.get(frozenKey(token, from)) === undefined ? accept(undefined) : refuse('TOKEN_FROZEN', 'the issuer has frozen what this holder has');
}

function checkMayHold(token: ObjectId, { isRestricted }: FungibleRecord, to: AccountId, state: StateAccess): Done {
  if (!isRestricted || state.get(allowedKey(token, to)) !== undefined) return accept(undefined);
  return refuse('TOKEN_NOT_ALLOWED', 'only holders on the list of the issuer hold this fungible');
}

function take(token: ObjectId, from: AccountId, amount: bigint, { state, gas }: OperationContext): Done {
  const key = tokenBalanceKey(token, from);
  const have = balanceFromRecord(state.get(key));
  if (have < amount) return refuse('TOKEN_INSUFFICIENT', `${have} are there, ${amount} are needed`, { have });
  gas.charge(2n * tokenGas.keyWrite);
  state.set(key, balanceToRecord(have - amount));
  if (have === amount) state.set(holdingKey(from, token), undefined);
  return accept(undefined);
}

/** Cannot overflow: no balance is above the supply, nor the supply above the cap. */
function add(token: ObjectId, to: AccountId, amount: bigint, { state, gas }: OperationContext): void {
  const key = tokenBalanceKey(token, to);
  const have = balanceFromRecord(state.get(key));
  gas.charge(2n * tokenGas.keyWrite);
  state.set(key, balanceToRecord(have + amount));
  state.set(holdingKey(to, token), PRESENT);
}
