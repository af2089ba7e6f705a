export { createNameContainer, NameParamsError } from './create-name-container.ts';
export type { NameCode } from './create-name-container.ts';
export type { GlobalNameCode } from './global-names.ts';
export { nameGas, nameLimits } from './limits.ts';
export { operationFromPayload } from './operation.ts';
export type { NameAction, NameOperation, NamePayloadCode } from './operation.ts';
