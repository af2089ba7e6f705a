import { accept, refuse, type Verdict } from '@vsys/primitives';
import type { AttestationRecord, RegistrarRecord } from './layout.ts';

export type StandingCode = 'ATTESTATION_NO_REGISTRAR' | 'ATTESTATION_NONE' | 'ATTESTATION_REVOKED' | 'ATTESTATION_EXPIRED' | 'ATTESTATION_LEVEL';

/**
 * Whether what a registrar says of somebody counts at a height; the same for a container that reads state and for a client with proven records.
 *
 * @param levelMin - lowest level that suffices; default any
 */
export function attestationStanding(registrar: RegistrarRecord | undefined, attestation: AttestationRecord | undefined, height: number, levelMin = 1): Verdict<AttestationRecord, StandingCode> {
  if (registrar === undefined || registrar.isClosed) return refuse('ATTESTATION_NO_REGISTRAR', 'who should attest is no registrar of this chain now');
  if (attestation === undefined) return refuse('ATTESTATION_NONE', 'the registrar does not attest this subject');
  if (attestation.revokedAt !== undefined) return refuse('ATTESTATION_REVOKED', `the registrar revoked it at height ${attestation.revokedAt}`, { at: attestation.revokedAt });
  if (attestation.term !== registrar.term) return refuse('ATTESTATION_NONE', 'the registrar attested this subject in an earlier term, and not in this one');
  if (attestation.expires !== undefined && height >= attestation.expires) return refuse('ATTESTATION_EXPIRED', `the attestation ran out at height ${attestation.expires}`, { at: attestation.expires });
  if (attestation.level < levelMin) return refuse('ATTESTATION_LEVEL', `the subject is attested at level ${attestation.level}, it needs ${levelMin}`, { level: attestation.level, needed: levelMin });
  return accept(attestation);
}
