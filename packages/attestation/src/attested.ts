/** The question that other containers put to attestations: plain functions over the state, so that a rule can ask without knowing who answers. */
import { type AccountId, accept, type Verdict } from '@vsys/primitives';
import type { StateAccess } from '@vsys/container';
import { attestationFromRecord, attestationKey, registrarFromRecord, registrarKey } from './layout.ts';
import { attestationStanding, type StandingCode } from './standing.ts';

export interface AttestationQuestion {
  readonly registrar: AccountId;
  /** An account of a key, or an identity. */
  readonly subject: AccountId;
  readonly height: number;
  /** Lowest level that suffices. Default any. */
  readonly levelMin?: number;
}

/** Keys that the answer reads: two, whatever it is. */
export function attestedTouches({ registrar, subject }: Pick<AttestationQuestion, 'registrar' | 'subject'>): readonly Uint8Array[] {
  return [registrarKey(registrar), attestationKey(registrar, subject)];
}

/** Accepts where the registrar attests the subject now; else why not. */
export function attested({ registrar, subject, height, levelMin }: AttestationQuestion, state: Pick<StateAccess, 'get' | 'need'>): Verdict<void, StandingCode> {
  state.need(attestedTouches({ registrar, subject }));
  const [registrarRecord, record] = [state.get(registrarKey(registrar)), state.get(attestationKey(registrar, subject))];
  const standing = attestationStanding(registrarRecord && registrarFromRecord(registrarRecord), record && attestationFromRecord(record), height, levelMin);
  return standing.ok ? accept(undefined) : standing;
}
