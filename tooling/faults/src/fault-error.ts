import { CodedError } from '@vsys/primitives';

/** FAULTS_USAGE: what was typed cannot be run. FAULTS_SETUP: the run could not begin, which says nothing of the chain. */
export class FaultError extends CodedError<'FAULTS_USAGE' | 'FAULTS_SETUP'> {}
