export { blockLogCompliance } from './block-log-compliance.ts';
export type { BlockLogCompliance } from './block-log-compliance.ts';
export { ComplianceError } from './compliance-check.ts';
export type { DefineTest } from './compliance-check.ts';
export { storeCompliance } from './store-compliance.ts';
export type { StoreCompliance } from './store-compliance.ts';
