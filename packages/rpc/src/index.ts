export { rpcLimits } from './contract.ts';
export type {
  AtHeight, BlockRefJson, ChainInfo, ClientCode, EvidenceJson, NodeStatus, ReceiptJson, RpcCode, RpcErrorData, RpcEvent, RpcMethod, RpcMethods, RpcParams, RpcResult, SubmitResult,
  SubscribeParams, TransactionStatusJson,
} from './contract.ts';
export { explainCode, explainedCodes } from './remedies.ts';
export type { Explained, Remedy } from './remedies.ts';
