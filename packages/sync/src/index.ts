export { createSync } from './create-sync.ts';
export type { Sync, SyncParts, SyncStatus } from './create-sync.ts';
export { SYNC_LIMITS } from './sync-limits.ts';
