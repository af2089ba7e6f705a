export { blockLogCompliance } from './block-log-compliance.ts';
export type { BlockLogCompliance } from './block-log-compliance.ts';
export { ComplianceError } from '@vsys/primitives/compliance';
export type { DefineTest } from '@vsys/primitives/compliance';
export { storeCompliance } from './store-compliance.ts';
export type { StoreCompliance } from './store-compliance.ts';
