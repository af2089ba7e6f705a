export const tokenLimits = { symbolBytesMax: 12, accountNameBytesMax: 32, uriBytesMax: 128, decimalsMax: 18 } as const;

/** Amounts have 16 bytes. */
export const AMOUNT_MAX: bigint = (1n << 128n) - 1n;

/** Gas in units, on the scale of the database's. */
export const tokenGas = { operation: 100n, payloadByte: 1n, keyWrite: 20n, storedByte: 1n } as const;
