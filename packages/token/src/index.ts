export { createTokenContainer } from './create-token-container.ts';
export type { TokenCode } from './create-token-container.ts';
export type { FungibleCode } from './fungible.ts';
export { AMOUNT_MAX, tokenGas, tokenLimits } from './limits.ts';
export type { ObjectCode } from './object.ts';
export { operationFromPayload } from './operation.ts';
export type { TokenAction, TokenOperation, TokenPayloadCode } from './operation.ts';
