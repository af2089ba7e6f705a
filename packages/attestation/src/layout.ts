/** Where registrars and attestations lie in state, for readers and verifiers: docs/spec/attestation.md §1. Browser-safe. */
import { type AccountId, concatBytes } from '@vsys/primitives';
import { type Binary, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';

export { attestationStanding } from './standing.ts';
export type { StandingCode } from './standing.ts';

export const ATTESTATION = 'attestation';

export interface RegistrarRecord {
  /** What it attests, and by which checks: for people. */
  readonly description: string;
  readonly uri: string;
  /** Times that it registered. What it attested in an earlier term counts no more. */
  readonly term: number;
  /** Height at which the term began. */
  readonly since: number;
  /** It attests nothing now, and nothing of it counts. */
  readonly isClosed: boolean;
}

export interface AttestationRecord {
  /** Such as `person` or `company`: a word of the registrar's. */
  readonly kind: string;
  readonly level: number;
  /** Term of the registrar, and height, that it was made in. */
  readonly term: number;
  readonly at: number;
  /** First height at which it counts no more. Absent: it does not run out. */
  readonly expires?: number;
  /** Hash of what was shown to the registrar. 32 bytes. */
  readonly evidence?: Uint8Array;
  readonly revokedAt?: number;
}

const prefix = containerPrefix(ATTESTATION);
const AREA = { registrar: 0, attestation: 1, subject: 2 } as const;
const key = (area: keyof typeof AREA, ...parts: Uint8Array[]): Uint8Array => concatBytes(prefix, Uint8Array.of(AREA[area]), ...parts);
const none: Uint8Array = new Uint8Array();

/** Value of entries that say all by their key. */
export const PRESENT: Uint8Array = Uint8Array.of(1);

/** Without the registrar: what all of them begin with. */
export function registrarKey(registrar: AccountId = none): Uint8Array {
  return key('registrar', registrar);
}

/** What a registrar attested: `registrar ‖ subject`. Without the subject: what all of it begins with. */
export function attestationKey(registrar: AccountId, subject: AccountId = none): Uint8Array {
  return key('attestation', registrar, subject);
}

/** Entries of who attested somebody, those that ran out or were revoked included: `subject ‖ registrar`. */
export function attestedByKey(subject: AccountId, registrar: AccountId = none): Uint8Array {
  return key('subject', subject, registrar);
}

/** The registrar at the end of a key of `attestedByKey`, or the subject at the end of one of `attestationKey`. */
export function lastOfKey(entry: Uint8Array): AccountId {
  return entry.slice(-20);
}

export function registrarToRecord({ description, uri, term, since, isClosed }: RegistrarRecord): Uint8Array {
  return recordToBytes(new Map<string, Value>([['description', description], ['uri', uri], ['term', BigInt(term)], ['since', BigInt(since)], ['isClosed', isClosed]]));
}

/** @throws InvariantError on bytes that the container did not write */
export function registrarFromRecord(record: Uint8Array): RegistrarRecord {
  const fields = recordFromBytes(record);
  return { description: fields.get('description') as string, uri: fields.get('uri') as string, term: Number(fields.get('term')), since: Number(fields.get('since')), isClosed: fields.get('isClosed') === true };
}

export function attestationToRecord({ kind, level, term, at, expires, evidence, revokedAt }: AttestationRecord): Uint8Array {
  const fields: [string, Value][] = [['kind', kind], ['level', BigInt(level)], ['term', BigInt(term)], ['at', BigInt(at)]];
  if (expires !== undefined) fields.push(['expires', BigInt(expires)]);
  if (evidence !== undefined) fields.push(['evidence', { kind: 'binary', bytes: evidence, subtype: 0 }]);
  if (revokedAt !== undefined) fields.push(['revokedAt', BigInt(revokedAt)]);
  return recordToBytes(new Map(fields));
}

/** @throws InvariantError on bytes that the container did not write */
export function attestationFromRecord(record: Uint8Array): AttestationRecord {
  const fields = recordFromBytes(record);
  const whole = (name: string): number => Number(fields.get(name));
  return {
    kind: fields.get('kind') as string, level: whole('level'), term: whole('term'), at: whole('at'),
    ...(fields.has('expires') ? { expires: whole('expires') } : {}),
    ...(fields.has('evidence') ? { evidence: (fields.get('evidence') as Binary).bytes } : {}),
    ...(fields.has('revokedAt') ? { revokedAt: whole('revokedAt') } : {}),
  };
}
