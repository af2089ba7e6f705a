/** Builders of operations of registrars, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, type Verdict } from '@vsys/primitives';
import { ATTESTATION } from './layout.ts';
import { attestationLimits as limits } from './limits.ts';
import { type AttestationOperation, type AttestationPayloadCode, operationFromPayload, payloadOf } from './operation.ts';

export interface AttestationCall {
  readonly container: typeof ATTESTATION;
  readonly payload: Uint8Array;
  /** The registrar, when it is not the payer. */
  readonly actor?: AccountId;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class AttestationOpError extends CodedError<AttestationPayloadCode> {}

export interface NewAttestation {
  /** An account of a key, or an identity. */
  readonly subject: AccountId;
  /** Such as `person`. */
  readonly kind: string;
  /** 1 to 255, the registrar's own. Default 1. */
  readonly level?: number;
  /** First height at which it counts no more. Default: it does not run out. */
  readonly expires?: number;
  /** 32 bytes: hash of what was shown. */
  readonly evidence?: Uint8Array;
}

/** The actor becomes a registrar, or describes itself anew. */
export function registerRegistrar(description: string, uri = ''): AttestationCall {
  return call({ kind: 'register', description, uri });
}

/** Nothing of the registrar counts from here on, also when it registers again. */
export function closeRegistrar(): AttestationCall {
  return call({ kind: 'close' });
}

/**
 * @example
 * const operations = [registerRegistrar('Bank of Orchid: passport seen in person'), attest({ subject: ada, kind: 'person', level: 2, expires: 900_000 })];
 */
export function attest({ subject, kind: word, level = 1, expires, evidence }: NewAttestation): AttestationCall {
  if (!Number.isInteger(level) || level < 1 || level > limits.levelMax) throw new AttestationOpError('ATTESTATION_LIMIT', `a level is 1 to ${limits.levelMax}, found ${level}`);
  if (expires !== undefined && (!Number.isSafeInteger(expires) || expires < 1)) throw new AttestationOpError('ATTESTATION_LIMIT', `expires is a height from 1, found ${expires}`);
  return call({ kind: 'attest', subject, word, level, ...(expires === undefined ? {} : { expires }), ...(evidence === undefined ? {} : { evidence }) });
}

/** It stays in the state, as revoked. */
export function revokeAttestation(subject: AccountId): AttestationCall {
  return call({ kind: 'revoke', subject });
}

/** Takes it out of the state. */
export function removeAttestation(subject: AccountId): AttestationCall {
  return call({ kind: 'remove', subject });
}

function call(operation: AttestationOperation): AttestationCall {
  if ('subject' in operation && operation.subject.length !== 20) throw new AttestationOpError('ATTESTATION_PAYLOAD', `a subject has 20 bytes, found ${operation.subject.length}`);
  if (operation.kind === 'attest' && operation.evidence !== undefined && operation.evidence.length !== 32) throw new AttestationOpError('ATTESTATION_PAYLOAD', `evidence has 32 bytes, found ${operation.evidence.length}`);
  if (operation.kind === 'register' && operation.uri.length > limits.uriBytesMax) throw new AttestationOpError('ATTESTATION_LIMIT', `a uri has at most ${limits.uriBytesMax} characters, found ${operation.uri.length}`);
  const payload = payloadOf(operation);
  const checked: Verdict<unknown, AttestationPayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new AttestationOpError(checked.code, checked.message, checked.data ?? {});
  return { container: ATTESTATION, payload };
}
