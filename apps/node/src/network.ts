/** What tools need that make and run networks of node processes. Nothing of a node imports it. */
export { startNodeProcess } from './node-process.ts';
export type { NodeProcess, NodeProcessOptions } from './node-process.ts';
export { AppError } from './app-error.ts';
export { writeConfigText } from './config.ts';
export { createKeyFile } from './key-file.ts';
export { consensusNames } from './modules.ts';
export { publicSecret } from './public-secret.ts';
export { createSpec } from './spec-file.ts';
export type { NewSpec } from './spec-file.ts';
export { trustOf } from './trust.ts';
