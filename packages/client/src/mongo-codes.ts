/**
 * Numbers that drivers of MongoDB know, so that what handles them there handles them here: all codes of the database's container, each with MongoDB's number or with the reason why
 * it has none, then those of other parts that have one.
 */
export const MONGO_CODES: Readonly<Record<string, number>> = {
  DB_DUPLICATE: 11_000, DB_EXISTS: 48, DB_NO_COLLECTION: 26, DB_NO_DATABASE: 26, DB_NOT_OWNER: 13, DB_VERSION: 112,
  DB_NO_INDEX: 27,
  DB_PAYLOAD: 9, DB_NAME: 73, DB_VALUE: 2, DB_KEY_TOO_LONG: 17_280, DB_PARAMS: 72, DB_EXPIRES: 2,
  DB_PATCH_TYPE: 14, DB_PATCH_CONFLICT: 40, DB_PATCH_PATH: 28, DB_PATCH_NUMBER: 14, DB_QUOTA: 12_501, DB_INDEX_ARRAYS: 171, DB_SCHEMA: 9, DB_VALIDATION: 121,
  TX_NOT_AUTHORIZED: 13, CLIENT_NO_WALLET: 13, CLIENT_WRITE_RULE: 13, CLIENT_SCHEMA: 121, CLIENT_UPDATE: 9, CLIENT_TIMEOUT: 50, CLIENT_CURSOR: 43, CLIENT_LAGGED: 286,
  QUERY_NO_COLLECTION: 26, QUERY_MALFORMED: 2, QUERY_CURSOR: 43,
};

/** Codes of the database that MongoDB has no number for, and why. */
export const WITHOUT_MONGO_CODE: Readonly<Record<string, string>> = {
  DB_NO_DOCUMENT: 'there, an update or a delete that matches nothing is no error; the driver tells matchedCount 0 where it read so itself',
  DB_LIMIT: 'its limits are of other things; the message tells which one of ours it is',
  DB_DEPOSIT: 'nothing there is held for what is stored',
  DB_REPEATED: 'a retried write succeeds there without a word; here the error tells the transaction that did it',
};
