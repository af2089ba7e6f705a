import { type AccountId, accept, concatBytes, refuse, type Verdict } from '@vsys/primitives';
import { type Document, decodeDocument } from '@vsys/data-format/value';
import type { Guardians, IdentityId, Member, Quorum, Rule } from './layout.ts';
import { identityLimits as limits } from './limits.ts';
import { checkCanBeMet, hasFields, type IdentityPayloadCode, malformed, readGuardians, readId, readMembers, readQuorum, readRules } from './payload-fields.ts';

/** What one operation does: docs/spec/identity.md §2. Those without an identity in them are about the actor. */
export type IdentityOperation =
  | { readonly kind: 'createAvatar'; readonly keys: Quorum; readonly guardians?: Guardians }
  | { readonly kind: 'setKeys'; readonly keys: Quorum }
  | { readonly kind: 'setGuardians'; readonly guardians: Guardians }
  | { readonly kind: 'recover'; readonly avatar: IdentityId; readonly keys: Quorum }
  | { readonly kind: 'cancelRecovery' }
  | { readonly kind: 'finishRecovery'; readonly avatar: IdentityId }
  | { readonly kind: 'createOrganisation'; readonly members: readonly Member[]; readonly rules: readonly Rule[] }
  | { readonly kind: 'setOrganisation'; readonly members: readonly Member[]; readonly rules: readonly Rule[] };

export type IdentityAction = IdentityOperation['kind'];

const TAG: Readonly<Record<IdentityAction, number>> = { createAvatar: 1, setKeys: 2, setGuardians: 3, recover: 4, cancelRecovery: 5, finishRecovery: 6, createOrganisation: 7, setOrganisation: 8 };
const kindOfTag = new Map(Object.entries(TAG).map(([kind, tag]) => [tag, kind as IdentityAction]));

export function payloadOf(kind: IdentityAction, fields: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(TAG[kind]), fields);
}

/** A tag and canonical BSON to the end: what is accepted has one spelling but for the order of its lists, which is kept. */
export function operationFromPayload(payload: Uint8Array): Verdict<IdentityOperation, IdentityPayloadCode> {
  const kind = kindOfTag.get(payload[0] ?? 0);
  if (kind === undefined) return malformed('its first byte names no operation');
  const decoded = decodeDocument(payload.subarray(1));
  if (!decoded.ok) return refuse('IDENTITY_PAYLOAD', decoded.message, { reason: decoded.code });
  return READERS[kind](decoded.value);
}

type Reader = (fields: Document) => Verdict<IdentityOperation, IdentityPayloadCode>;

const readKeys = (fields: Document): Verdict<Quorum, IdentityPayloadCode> => readQuorum(fields.get('keys'), 'keys', limits.keysMax);
const noFields = (names: readonly string[]): Verdict<never, IdentityPayloadCode> => malformed(names.length === 0 ? 'it has no fields' : `its fields are ${names.map((name) => `"${name}"`).join(', ')}, in this order`);

const READERS: Readonly<Record<IdentityAction, Reader>> = {
  createAvatar(fields) {
    const guarded = fields.has('guardians');
    const names = guarded ? ['keys', 'guardians'] : ['keys'];
    if (!inOrder(fields, names)) return noFields(names);
    const keys = readKeys(fields);
    if (!keys.ok) return keys;
    if (!guarded) return accept({ kind: 'createAvatar', keys: keys.value });
    const guardians = readGuardians(fields.get('guardians'));
    return guardians.ok ? accept({ kind: 'createAvatar', keys: keys.value, guardians: guardians.value }) : guardians;
  },
  setKeys(fields) {
    if (!inOrder(fields, ['keys'])) return noFields(['keys']);
    const keys = readKeys(fields);
    return keys.ok ? accept({ kind: 'setKeys', keys: keys.value }) : keys;
  },
  setGuardians(fields) {
    if (!inOrder(fields, ['guardians'])) return noFields(['guardians']);
    const guardians = readGuardians(fields.get('guardians'));
    return guardians.ok ? accept({ kind: 'setGuardians', guardians: guardians.value }) : guardians;
  },
  recover(fields) {
    if (!inOrder(fields, ['avatar', 'keys'])) return noFields(['avatar', 'keys']);
    const avatar = readAvatar(fields);
    if (!avatar.ok) return avatar;
    const keys = readKeys(fields);
    return keys.ok ? accept({ kind: 'recover', avatar: avatar.value, keys: keys.value }) : keys;
  },
  cancelRecovery: (fields) => fields.size === 0 ? accept({ kind: 'cancelRecovery' }) : noFields([]),
  finishRecovery(fields) {
    if (!inOrder(fields, ['avatar'])) return noFields(['avatar']);
    const avatar = readAvatar(fields);
    return avatar.ok ? accept({ kind: 'finishRecovery', avatar: avatar.value }) : avatar;
  },
  createOrganisation: (fields) => readOrganisation('createOrganisation', fields),
  setOrganisation: (fields) => readOrganisation('setOrganisation', fields),
};

function readAvatar(fields: Document): Verdict<AccountId, IdentityPayloadCode> {
  return readId(fields.get('avatar'), '"avatar"');
}

function readOrganisation(kind: 'createOrganisation' | 'setOrganisation', fields: Document): Verdict<IdentityOperation, IdentityPayloadCode> {
  if (!inOrder(fields, ['members', 'rules'])) return noFields(['members', 'rules']);
  const members = readMembers(fields.get('members'));
  if (!members.ok) return members;
  const rules = readRules(fields.get('rules'));
  if (!rules.ok) return rules;
  const canBeMet = checkCanBeMet(members.value, rules.value);
  return canBeMet.ok ? accept({ kind, members: members.value, rules: rules.value }) : canBeMet;
}

/** The order of fields is part of BSON's bytes: one order, one spelling. */
function inOrder(fields: Document, names: readonly string[]): boolean {
  return hasFields(fields, names) && [...fields.keys()].every((name, i) => name === names[i]);
}
