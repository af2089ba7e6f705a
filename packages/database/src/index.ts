export { createDatabaseContainer } from './create-database-container.ts';
export type { DatabaseCode } from './create-database-container.ts';
export { databaseGas } from './gas.ts';
export { databaseLimits, operationFromPayload } from './operation.ts';
export type { DatabaseOperation, IndexDefinition, NewDocument, Patch, PayloadCode } from './operation.ts';
