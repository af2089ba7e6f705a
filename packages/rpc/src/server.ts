/** What a node serves its calls with. Runs in Node. */
export { createChainApi } from './chain-api.ts';
export type { ChainApi, ChainApiParts } from './chain-api.ts';
export type { EventSink, Subscription, TopicEvent } from './chain-api-subscribe.ts';
export { openRpcDocument } from './open-rpc.ts';
export { createRpcServer, RpcServerError } from './rpc-server.ts';
export type { Readiness, RpcServer, RpcServerOptions, RpcServerParts } from './rpc-server.ts';
