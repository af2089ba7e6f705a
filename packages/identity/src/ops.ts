/** Builders of operations on identities, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, type Verdict } from '@vsys/primitives';
import { type Document, encodeDocument, type Value } from '@vsys/data-format/value';
import { binary, type Guardians, guardiansToValue, IDENTITY, type IdentityId, type Member, membersToValue, type Quorum, quorumToValue, type Rule, rulesToValue } from './layout.ts';
import { type IdentityAction, operationFromPayload, payloadOf } from './operation.ts';
import type { IdentityPayloadCode } from './payload-fields.ts';

export { identityId } from './layout.ts';
export type { Guardians, IdentityId, Member, Quorum, Rule } from './layout.ts';

export interface IdentityCall {
  readonly container: typeof IDENTITY;
  readonly payload: Uint8Array;
  /** The identity that it is about, where that is the actor. */
  readonly actor?: AccountId;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class IdentityOpError extends CodedError<IdentityPayloadCode> {}

/**
 * A long-lived identity: its id stays when its keys change.
 *
 * @example
 * const operation = createAvatar({ of: [phone, laptop, paper], threshold: 2 }, { of: [mother, friend], threshold: 2, delay: 20_000 });
 * const ada = identityId(transactionId(bodyBytes), 0);
 */
export function createAvatar(keys: Quorum, guardians?: Guardians): IdentityCall {
  return call('createAvatar', new Map([['keys', quorumToValue(keys)], ...(guardians === undefined ? [] : [['guardians', guardiansToValue(guardians)] as const])]));
}

export function createOrganisation(members: readonly Member[], rules: readonly Rule[]): IdentityCall {
  return call('createOrganisation', new Map([['members', membersToValue(members)], ['rules', rulesToValue(rules)]]));
}

/** By anybody who has enough guardians among the signers. After their delay, `finishRecovery` puts the keys in force. */
export function recover(avatar: IdentityId, keys: Quorum): IdentityCall {
  return call('recover', new Map<string, Value>([['avatar', binary(avatar)], ['keys', quorumToValue(keys)]]));
}

export function finishRecovery(avatar: IdentityId): IdentityCall {
  return call('finishRecovery', new Map([['avatar', binary(avatar)]]));
}

export interface AvatarOps {
  /** In force from the next operation on; the old keys can do nothing then. */
  setKeys(keys: Quorum): IdentityCall;
  /** In force after the delay of the guardians that there are. */
  setGuardians(guardians: Guardians): IdentityCall;
  cancelRecovery(): IdentityCall;
}

export function avatarOps(avatar: IdentityId): AvatarOps {
  return {
    setKeys: (keys) => call('setKeys', new Map([['keys', quorumToValue(keys)]]), avatar),
    setGuardians: (guardians) => call('setGuardians', new Map([['guardians', guardiansToValue(guardians)]]), avatar),
    cancelRecovery: () => call('cancelRecovery', new Map(), avatar),
  };
}

export function setOrganisation(organisation: IdentityId, members: readonly Member[], rules: readonly Rule[]): IdentityCall {
  return call('setOrganisation', new Map([['members', membersToValue(members)], ['rules', rulesToValue(rules)]]), organisation);
}

function call(kind: IdentityAction, fields: Document, actor?: AccountId): IdentityCall {
  const encoded = encodeDocument(fields);
  if (!encoded.ok) throw new IdentityOpError('IDENTITY_PAYLOAD', encoded.message, { reason: encoded.code });
  const payload = payloadOf(kind, encoded.value);
  const checked: Verdict<unknown, IdentityPayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new IdentityOpError(checked.code, checked.message, checked.data ?? {});
  return { container: IDENTITY, payload, ...(actor === undefined ? {} : { actor }) };
}
