export { createState } from './create-state.ts';
export type { StateOptions } from './create-state.ts';
export { CACHE_BYTES_MAX_DEFAULT, PROOF_BYTES_MAX, RETENTION_BLOCKS_DEFAULT, STATE_KEY_BYTES_MAX, STATE_RANGE_LIMIT_MAX, STATE_VALUE_BYTES_MAX } from './limits.ts';
export { verifyKeys, verifyRange } from './proof.ts';
export type { ProofCode } from './proof.ts';
export { StateError } from './state-error.ts';
export type { StateErrorCode } from './state-error.ts';
export type { State, StateRange, StateRow, StateView, StateWrite } from './state.ts';
