/** What one identity may have at most. Lists of it lie in one record, so that a question about it is one read. */
export const identityLimits = {
  keysMax: 16, guardiansMax: 16, membersMax: 64, rolesPerMemberMax: 8, rulesMax: 32,
  /** Blocks between a recovery and its end. */
  delayMax: 10_000_000,
  /** Organisations within organisations that one question follows. */
  depthMax: 4,
  /** Identities that one question looks at, all levels together. */
  visitsMax: 128,
} as const;

/** Gas in units, on the scale of the database's. */
export const identityGas = { operation: 100n, payloadByte: 1n, keyWrite: 20n, storedByte: 1n, /** Of each identity that a question looks at. */ visit: 20n } as const;
