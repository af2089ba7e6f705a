export const nameLimits = {
  nameBytesMax: 63,
  /** Shorter ones could be guessed together with the name; longer ones are of no use. */
  saltBytesMin: 16, saltBytesMax: 64,
  /** More would make the end of a block, which forgets those that ran out, too much work. */
  reservationsPerBlockMax: 1_000,
  /** Terms that a name may be paid ahead. */
  termsAheadMax: 10,
  /** Names that a chain keeps back. */
  reservedMax: 1_000,
} as const;

/** Gas in units, on the scale of the database's. */
export const nameGas = { operation: 100n, payloadByte: 1n, keyWrite: 20n } as const;
