import { accept, refuse, toHex, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { attestationFromRecord, attestationKey, type AttestationRecord, attestationToRecord, attestedByKey, PRESENT, registrarFromRecord, registrarKey, type RegistrarRecord, registrarToRecord } from './layout.ts';
import { attestationGas } from './limits.ts';
import type { AttestationOperation } from './operation.ts';
import type { StandingCode } from './standing.ts';

export type RegistrarCode = Extract<StandingCode, 'ATTESTATION_NO_REGISTRAR' | 'ATTESTATION_NONE' | 'ATTESTATION_REVOKED'> | 'ATTESTATION_PAST';

type Of<Kind extends AttestationOperation['kind']> = Extract<AttestationOperation, { kind: Kind }>;

/** The actor becomes a registrar, or says another thing of itself. After `close` it is a new term, in which nothing of the old one counts. */
export function register({ description, uri }: Of<'register'>, context: OperationContext): Verdict<void, never> {
  const { actor, block, state } = context;
  const bytes = state.get(registrarKey(actor));
  const before = bytes && registrarFromRecord(bytes);
  const goesOn = before !== undefined && !before.isClosed;
  const term = goesOn ? { term: before.term, since: before.since } : { term: (before?.term ?? 0) + 1, since: block.height };
  write(registrarKey(actor), registrarToRecord({ description, uri, ...term, isClosed: false }), context);
  return accept(undefined);
}

export function close(context: OperationContext): Verdict<void, RegistrarCode> {
  const registrar = openRegistrar(context);
  if (!registrar.ok) return registrar;
  write(registrarKey(context.actor), registrarToRecord({ ...registrar.value, isClosed: true }), context);
  return accept(undefined);
}

/** Again: takes the place of what it attested of this subject before. */
export function attest({ subject, level, word, expires, evidence }: Of<'attest'>, context: OperationContext): Verdict<void, RegistrarCode> {
  const { actor, block, state } = context;
  const registrar = openRegistrar(context);
  if (!registrar.ok) return registrar;
  if (expires !== undefined && expires <= block.height) return refuse('ATTESTATION_PAST', `the attestation would run out at height ${expires}, this block is ${block.height}`, { height: block.height });
  const record: AttestationRecord = { kind: word, level, term: registrar.value.term, at: block.height, ...(expires === undefined ? {} : { expires }), ...(evidence === undefined ? {} : { evidence }) };
  if (state.get(attestationKey(actor, subject)) === undefined) write(attestedByKey(subject, actor), PRESENT, context);
  write(attestationKey(actor, subject), attestationToRecord(record), context);
  return accept(undefined);
}

/** It stays, as revoked: who relied on it sees when it ended. */
export function revoke({ subject }: Of<'revoke' | 'remove'>, context: OperationContext): Verdict<void, RegistrarCode> {
  const { actor, block } = context;
  const record = recordOf(subject, context);
  if (!record.ok) return record;
  if (record.value.revokedAt !== undefined) return refuse('ATTESTATION_REVOKED', `it was revoked at height ${record.value.revokedAt}`, { at: record.value.revokedAt });
  write(attestationKey(actor, subject), attestationToRecord({ ...record.value, revokedAt: block.height }), context);
  return accept(undefined);
}

/** Takes record and entry out of the state. Also what was attested in an earlier term, and by a registrar that closed. */
export function remove({ subject }: Of<'revoke' | 'remove'>, context: OperationContext): Verdict<void, RegistrarCode> {
  const { actor, state, gas } = context;
  const record = recordOf(subject, context);
  if (!record.ok) return record;
  gas.charge(2n * attestationGas.keyWrite);
  state.set(attestationKey(actor, subject), undefined);
  state.set(attestedByKey(subject, actor), undefined);
  return accept(undefined);
}

function openRegistrar({ actor, state }: OperationContext): Verdict<RegistrarRecord, RegistrarCode> {
  const bytes = state.get(registrarKey(actor));
  const registrar = bytes && registrarFromRecord(bytes);
  return registrar === undefined || registrar.isClosed ? refuse('ATTESTATION_NO_REGISTRAR', `${toHex(actor)} is no registrar of this chain now`) : accept(registrar);
}

function recordOf(subject: Uint8Array, { actor, state }: OperationContext): Verdict<AttestationRecord, RegistrarCode> {
  const bytes = state.get(attestationKey(actor, subject));
  return bytes === undefined ? refuse('ATTESTATION_NONE', `the actor has not attested ${toHex(subject)}`) : accept(attestationFromRecord(bytes));
}

function write(key: Uint8Array, value: Uint8Array, { state, gas }: OperationContext): void {
  gas.charge(attestationGas.keyWrite + attestationGas.storedByte * BigInt(value.length));
  state.set(key, value);
}
