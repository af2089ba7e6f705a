/** What one moderator may say at most, of itself and of one target. */
export const moderationLimits = {
  descriptionBytesMax: 256, uriBytesMax: 128, reasonBytesMax: 32, noteBytesMax: 256,
  /** Of an appeal, and of its answer. */
  statementBytesMax: 1_024,
} as const;

/** Gas in units, on the scale of the database's. */
export const moderationGas = { operation: 100n, payloadByte: 1n, keyWrite: 20n, storedByte: 1n } as const;

/** Of a list of whom somebody honours. Every moderator is asked for at every document. */
export const policyLimits = { policyNameBytesMax: 64, moderatorsMax: 16, registrarsMax: 64, policyCharactersMax: 16_384 } as const;
