/**
 * Gas of the database's work, in units. A key written costs about as much as twenty bytes hashed: a path of the tree is hashed again.
 * A full transaction of 256 KiB stays under a million, unless it compares
 * arrays element by element: about a microsecond each.
 */
export const databaseGas = { operation: 100n, payloadByte: 1n, keyWrite: 20n, /** Of a subtree: what lies beside the tree is swept by every node. */ prefixDrop: 1_000n, storedByte: 1n, /** Of a document that the build of an index reads, beside its entry. */ builtDocument: 20n, /** Of the stored document that a patch reads and takes apart. */ patchedByte: 1n, patchStep: 10n, /** Of two values, in arrays. */ comparison: 1n, /** Of each field, element and schema that a check of a document comes to. */ schemaStep: 1n } as const;
