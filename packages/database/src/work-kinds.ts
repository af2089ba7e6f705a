/** Kinds of work at the end of a block: part of the state, so a number is never given twice. */
export const WORK = { expireDocument: 1, forgetOnce: 2, refundCollection: 3, refundDatabase: 4, buildIndex: 5 } as const;
