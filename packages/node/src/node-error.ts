import { CodedError } from '@vsys/primitives';

/** Thrown when a node cannot be composed, started or go on. */
export class NodeError extends CodedError<'NODE_MODULE' | 'NODE_CONTAINER' | 'NODE_PARAMS' | 'NODE_STATE' | 'NODE_SIGNER_DATA' | 'NODE_ENGINE' | 'NODE_BROKEN'> {}
