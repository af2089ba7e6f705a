export { blockFromBytes, blockToBytes, bodyRoot } from './block.ts';
export { FormatError } from './fields.ts';
export type { FormatCode } from './gate.ts';
export { blockId, blockIdOfBytes, headerBytesMax, headerFromBytes, headerToBytes, sealBytesMax, sealedHeaderFromBytes, sealedHeaderToBytes } from './header.ts';
export { listRoot } from './merkle-list.ts';
export type { Authorization, Block, ChainLimits, ChainSpec, FeeRules, Header, MainReference, Operation, Receipt, SealedHeader, Transaction, TransactionBody } from './model.ts';
export { receiptFromBytes, receiptsRoot, receiptToBytes } from './receipt.ts';
export { authorizationsMax, bodyFromBytes, bodyToBytes, createTransaction, operationsMax, signingBytes, transactionBytesMax, transactionFromBytes, transactionId, transactionToBytes } from './transaction.ts';
export type { TransactionSigner } from './transaction.ts';
