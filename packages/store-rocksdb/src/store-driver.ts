import type { StoreEngine } from '@vsys/store';

export type DriverName = 'rocksdb' | 'level';

/** One way to keep a store on disk. `load` apart from opening, as an addon may be missing on a machine. */
export interface StoreDriver {
  /** @throws whatever the addon's loader throws */
  load(): Promise<OpenEngine>;
  /** What helps when `load` fails. */
  readonly loadRemedy: string;
}

/** @throws an error of the engine, told apart by `storeErrorFrom` */
export type OpenEngine = (folder: string, create: boolean) => Promise<StoreEngine>;

/** The bytes without Node's Buffer around them, whose `slice` would share memory. No copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
