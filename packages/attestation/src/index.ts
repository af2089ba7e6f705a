export { attested, attestedTouches } from './attested.ts';
export type { AttestationQuestion } from './attested.ts';
export { createAttestationContainer } from './create-attestation-container.ts';
export type { AttestationCode } from './create-attestation-container.ts';
export { attestationGas, attestationLimits } from './limits.ts';
export { operationFromPayload } from './operation.ts';
export type { AttestationAction, AttestationOperation, AttestationPayloadCode } from './operation.ts';
export type { RegistrarCode } from './registrar.ts';
export type { StandingCode } from './standing.ts';
