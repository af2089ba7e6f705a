import { accept, refuse, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { type AvatarRecord, guardianKey, guardiansAt, type Guardians, type IdentityId, identityFromRecord, identityKey, identityToRecord, keyOfKey, PRESENT, type Quorum } from './layout.ts';
import { identityGas } from './limits.ts';
import type { IdentityOperation } from './operation.ts';
import { type ActCode, countAgreeing } from './represents.ts';

export type AvatarCode = ActCode | 'IDENTITY_NOT_AVATAR' | 'IDENTITY_NO_GUARDIANS' | 'IDENTITY_GUARDIANS' | 'IDENTITY_RECOVERY' | 'IDENTITY_NO_RECOVERY' | 'IDENTITY_TOO_EARLY';

type Of<Kind extends IdentityOperation['kind']> = Extract<IdentityOperation, { kind: Kind }>;

export function setKeys({ keys }: Of<'setKeys'>, context: OperationContext): Verdict<void, AvatarCode> {
  return changeAvatar(context.actor, context, (avatar) => accept({ ...avatar, keys }));
}

/** Waits as long as a recovery would: who stole the keys may not first send the guardians away. */
export function setGuardians({ guardians }: Of<'setGuardians'>, context: OperationContext): Verdict<void, AvatarCode> {
  return changeAvatar(context.actor, context, (avatar) => {
    if (avatar.recovery !== undefined) return refuse('IDENTITY_RECOVERY', 'the guardians are recovering the avatar; cancel that first');
    const { nextGuardians: _, guardians: __, ...rest } = avatar;
    const present = guardiansAt(avatar, context.block.height);
    return accept(present === undefined ? { ...rest, guardians } : { ...rest, guardians: present, nextGuardians: { guardians, from: context.block.height + present.delay } });
  });
}

/** By anybody, with the agreement of the guardians among those who signed. Begun again, it waits again. */
export function recover({ avatar: id, keys }: Of<'recover'>, context: OperationContext): Verdict<void, AvatarCode> {
  return changeAvatar(id, context, (avatar) => {
    const { height } = context.block;
    const guardians = guardiansAt(avatar, height);
    if (guardians === undefined) return refuse('IDENTITY_NO_GUARDIANS', 'the avatar has no guardians who could recover it');
    const agreeing = countAgreeing(guardians.of, context);
    if (!agreeing.ok) return agreeing;
    if (agreeing.value < guardians.threshold) return refuse('IDENTITY_GUARDIANS', `${agreeing.value} guardians agreed, ${guardians.threshold} are needed`, { agreeing: agreeing.value, needed: guardians.threshold });
    return accept({ ...avatar, recovery: { keys, from: height + guardians.delay } });
  });
}

export function cancelRecovery(context: OperationContext): Verdict<void, AvatarCode> {
  return changeAvatar(context.actor, context, ({ recovery, ...avatar }) => recovery === undefined ? refuse('IDENTITY_NO_RECOVERY', 'nobody is recovering this avatar') : accept(avatar));
}

export function finishRecovery({ avatar: id }: Of<'finishRecovery'>, context: OperationContext): Verdict<void, AvatarCode> {
  return changeAvatar(id, context, ({ recovery, ...avatar }) => {
    if (recovery === undefined) return refuse('IDENTITY_NO_RECOVERY', 'nobody is recovering this avatar');
    if (context.block.height < recovery.from) return refuse('IDENTITY_TOO_EARLY', `the recovery may be finished from height ${recovery.from} on`, { from: recovery.from });
    return accept({ ...avatar, keys: recovery.keys });
  });
}

function changeAvatar(id: IdentityId, { state, gas }: OperationContext, change: (avatar: AvatarRecord) => Verdict<AvatarRecord, AvatarCode>): Verdict<void, AvatarCode> {
  const record = state.get(identityKey(id));
  if (record === undefined) return refuse('IDENTITY_UNKNOWN', 'there is no such identity');
  const before = identityFromRecord(record);
  if (before.kind !== 'avatar') return refuse('IDENTITY_NOT_AVATAR', 'an organisation has members, and no keys or guardians');
  const after = change(before);
  if (!after.ok) return after;
  writeAvatar(id, before, after.value, { state, gas });
  return accept(undefined);
}

/** The record, and the entries by key and by guardian that tell who has to do with it. */
export function writeAvatar(id: IdentityId, before: AvatarRecord | undefined, after: AvatarRecord, { state, gas }: Pick<OperationContext, 'state' | 'gas'>): void {
  const bytes = identityToRecord(after);
  const wanted = new Map(entriesOf(id, after).map((key) => [String(key), key]));
  const present = new Map((before === undefined ? [] : entriesOf(id, before)).map((key) => [String(key), key]));
  const gone = [...present].filter(([name]) => !wanted.has(name));
  const come = [...wanted].filter(([name]) => !present.has(name));
  gas.charge(identityGas.keyWrite * BigInt(1 + gone.length + come.length) + identityGas.storedByte * BigInt(bytes.length));
  state.set(identityKey(id), bytes);
  for (const [, key] of gone) state.set(key, undefined);
  for (const [, key] of come) state.set(key, PRESENT);
}

function entriesOf(id: IdentityId, { keys, guardians, nextGuardians }: AvatarRecord): Uint8Array[] {
  const guarding = [guardians, nextGuardians?.guardians].flatMap((some: Guardians | undefined): readonly Uint8Array[] => some?.of ?? []);
  return [...(keys satisfies Quorum).of.map((key) => keyOfKey(key, id)), ...guarding.map((guardian) => guardianKey(guardian, id))];
}
