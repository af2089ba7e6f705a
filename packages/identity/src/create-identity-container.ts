import { accept, type Verdict } from '@vsys/primitives';
import { type Container, operationCalls, type OperationContext } from '@vsys/container';
import { type AvatarCode, cancelRecovery, finishRecovery, recover, setGuardians, setKeys, writeAvatar } from './avatar.ts';
import { createdKey, IDENTITY, identityId, identityKey, PRESENT } from './layout.ts';
import { identityGas } from './limits.ts';
import { type IdentityOperation, operationFromPayload } from './operation.ts';
import { type OrganisationCode, setOrganisation, writeOrganisation } from './organisation.ts';
import type { IdentityPayloadCode } from './payload-fields.ts';
import { mayAct } from './represents.ts';

export type IdentityCode = IdentityPayloadCode | AvatarCode | OrganisationCode;

/**
 * Avatars and organisations as objects of a chain, and the answer to who may act for them: with it in a chain, every operation of every
 * container can have one as its actor.
 */
export function createIdentityContainer(): Container {
  return {
    name: IDENTITY,
    version: 1,
    ...operationCalls<IdentityOperation>({
      read: operationFromPayload,
      touches: (operation, actor) => [identityKey('avatar' in operation ? operation.avatar : actor)],
      actionOf: ({ kind }) => kind,
      gasOf: (_, payload) => identityGas.operation + identityGas.payloadByte * BigInt(payload.length),
      run,
    }),
    authority: {
      touches: (actor) => [identityKey(actor)],
      mayAct: ({ actor, container, action, ...asking }) => mayAct(actor, { container, action }, asking),
    },
  };
}

/** What makes an identity answers its id. */
function run(operation: IdentityOperation, context: OperationContext): Verdict<Uint8Array, IdentityCode> {
  switch (operation.kind) {
    case 'createAvatar': case 'createOrganisation': return accept(create(operation, context));
    case 'setKeys': return done(setKeys(operation, context));
    case 'setGuardians': return done(setGuardians(operation, context));
    case 'recover': return done(recover(operation, context));
    case 'cancelRecovery': return done(cancelRecovery(context));
    case 'finishRecovery': return done(finishRecovery(operation, context));
    case 'setOrganisation': return done(setOrganisation(operation, context));
  }
}

function create(operation: Extract<IdentityOperation, { kind: 'createAvatar' | 'createOrganisation' }>, context: OperationContext): Uint8Array {
  const { actor: creator, transactionId, index, state, gas } = context;
  const id = identityId(transactionId, index);
  if (operation.kind === 'createAvatar') {
    const { keys, guardians } = operation;
    writeAvatar(id, undefined, { kind: 'avatar', creator, keys, ...(guardians === undefined ? {} : { guardians }) }, context);
  } else writeOrganisation(id, undefined, { kind: 'organisation', creator, members: operation.members, rules: operation.rules }, context);
  gas.charge(identityGas.keyWrite);
  state.set(createdKey(creator, id), PRESENT);
  return id;
}

function done<Code extends IdentityCode>(verdict: Verdict<void, Code>): Verdict<Uint8Array, Code> {
  return verdict.ok ? accept(new Uint8Array()) : verdict;
}
