/** What asks a node and believes nothing that it can check. Runs in Node and in browsers: `fetch` and the global `WebSocket` are all it needs. */
export { createClient } from './client/create-client.ts';
export type { Client, ClientOptions } from './client/create-client.ts';
export { ClientError } from './client/client-error.ts';
export type { ClientErrorCode } from './client/client-error.ts';
export { clientLimits } from './client/limits.ts';
export { createCaller } from './client/http-call.ts';
export type { Call, CallerOptions, CallMethod, CallOptions } from './client/http-call.ts';
export type { AccountState, AskOptions, Counted, Found, FoundRaw, ProvenChanges, ProvenValues } from './client/proven-reads.ts';
export type { Included, Stage, WaitOptions } from './client/wait-for.ts';
export { createSealChecks } from './client/seal-checks.ts';
export type { SealChecks, SealToCheck, VerifyMany } from './client/seal-checks.ts';
export type { Followed, Trust } from './client/verified-headers.ts';
