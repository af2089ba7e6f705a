export { createDatabaseContainer } from './create-database-container.ts';
export type { DatabaseCode } from './create-database-container.ts';
export { databaseGas } from './gas.ts';
export { databaseLimits } from './operation.ts';
export type { DatabaseOperation, IndexDefinition, NewDocument, Patch, PayloadCode } from './operation.ts';
