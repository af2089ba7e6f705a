/** What one registrar may say at most, of itself and of one subject. */
export const attestationLimits = {
  descriptionBytesMax: 256, uriBytesMax: 128, kindBytesMax: 32,
  /** Levels are the registrar's own, from 1: a higher one includes those below it. */
  levelMax: 255,
} as const;

/** Gas in units, on the scale of the database's. */
export const attestationGas = { operation: 100n, payloadByte: 1n, keyWrite: 20n, storedByte: 1n } as const;
