export { containerPrefix } from './container.ts';
export type { ActorAuthority, ActorRequest, BlockContext, BlockEnd, Container, GasMeter, OperationContext, StateAccess } from './container.ts';
export { createGasMeter, OutOfGas } from './gas-meter.ts';
export { ContainerError, createRouter } from './router.ts';
export type { Router } from './router.ts';
export { createStateJournal, KeysNotLoaded, mapKey } from './state-journal.ts';
export type { StateJournal } from './state-journal.ts';
