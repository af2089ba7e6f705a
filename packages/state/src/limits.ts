/** Longest key, in bytes. Depth of the tree, and with it the cost of a proof, is bounded by it. */
export const STATE_KEY_BYTES_MAX = 256;
/** Longest value, in bytes. */
export const STATE_VALUE_BYTES_MAX = 16_777_216;
/** Most bits of a key: nine per byte and the end (`key-bits.ts`). */
export const STATE_KEY_BITS_MAX: number = 9 * STATE_KEY_BYTES_MAX + 1;
/** Longest proof that is looked at, in bytes. */
export const PROOF_BYTES_MAX = 33_554_432;
/** Most rows of one range. */
export const STATE_RANGE_LIMIT_MAX = 65_536;
/** Most changes that one proof of changes shows. */
export const STATE_CHANGES_MAX = 4_096;
/** Blocks below the base that can be read with `asOf`, unless told. */
export const RETENTION_BLOCKS_DEFAULT = 1_000;
/** Decoded pages kept in memory, in bytes, unless told. */
export const CACHE_BYTES_MAX_DEFAULT = 268_435_456;
/** Longest value that stays in memory with its leaf once it is on disk: balances and index entries are read again in the next block. */
export const VALUE_KEPT_BYTES_MAX = 128;
/** Longest snapshot chunk that is looked at, in bytes: as a proof, in which one row of the longest value fits. */
export const SNAPSHOT_CHUNK_BYTES_MAX: number = PROOF_BYTES_MAX;
/** Bytes of a snapshot chunk, unless told: fits a message of the P2P layer with room to spare. */
export const SNAPSHOT_CHUNK_BYTES_DEFAULT = 1_048_576;

/** Entries of the store that a flush looks at to sweep what was dropped: some tens of milliseconds. */
export const SWEEP_ENTRIES_PER_FLUSH_MAX = 2_048;
