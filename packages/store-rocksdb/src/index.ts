export { LEVEL_DEFAULTS } from './level-engine.ts';
export type { LevelOptions } from './level-engine.ts';
export { openLevelStore, openRocksStore, openStore } from './open-store.ts';
export type { OpenStoreOptions } from './open-store.ts';
export { ROCKS_DEFAULTS } from './rocks-engine.ts';
export type { RocksOptions } from './rocks-engine.ts';
export type { DriverName } from './store-driver.ts';
