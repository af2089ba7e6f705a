import { accept, refuse, toHex, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { type IdentityId, identityFromRecord, identityKey, identityToRecord, memberKey, type OrganisationRecord, PRESENT } from './layout.ts';
import { identityGas } from './limits.ts';
import type { IdentityOperation } from './operation.ts';

export type OrganisationCode = 'IDENTITY_UNKNOWN' | 'IDENTITY_NOT_ORGANISATION';

/** Members and rules together, so that no change leaves a rule that nobody can meet. */
export function setOrganisation({ members, rules }: Extract<IdentityOperation, { kind: 'setOrganisation' }>, context: OperationContext): Verdict<void, OrganisationCode> {
  const record = context.state.get(identityKey(context.actor));
  if (record === undefined) return refuse('IDENTITY_UNKNOWN', 'there is no such identity');
  const before = identityFromRecord(record);
  if (before.kind !== 'organisation') return refuse('IDENTITY_NOT_ORGANISATION', 'an avatar has keys and guardians, and no members');
  writeOrganisation(context.actor, before, { ...before, members, rules }, context);
  return accept(undefined);
}

/** The record, and the entries by member. */
export function writeOrganisation(id: IdentityId, before: OrganisationRecord | undefined, after: OrganisationRecord, { state, gas }: Pick<OperationContext, 'state' | 'gas'>): void {
  const bytes = identityToRecord(after);
  const were = new Map((before?.members ?? []).map((member) => [toHex(member.id), member.id]));
  const are = new Map(after.members.map((member) => [toHex(member.id), member.id]));
  const gone = [...were].filter(([name]) => !are.has(name));
  const come = [...are].filter(([name]) => !were.has(name));
  gas.charge(identityGas.keyWrite * BigInt(1 + gone.length + come.length) + identityGas.storedByte * BigInt(bytes.length));
  state.set(identityKey(id), bytes);
  for (const [, member] of gone) state.set(memberKey(member, id), undefined);
  for (const [, member] of come) state.set(memberKey(member, id), PRESENT);
}
