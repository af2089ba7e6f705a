export { createDatabaseContainer } from './create-database-container.ts';
export type { DatabaseCode } from './create-database-container.ts';
export { databaseGas } from './gas.ts';
export { operationFromPayload } from './operation.ts';
export type { DatabaseOperation, IndexDefinition, NewDocument } from './operation.ts';
export type { Patch } from './patch.ts';
export type { PatchStep } from './patch-step.ts';
export { databaseLimits } from './payload-checks.ts';
export type { PayloadCode } from './payload-checks.ts';
