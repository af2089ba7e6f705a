export { checkEnvelope, checkSignatures, feeCeiling } from './admission.ts';
export type { AdmissionCode, AdmissionRules, CheckedTransaction } from './admission.ts';
export { balanceKey, COIN, createCoinContainer, moveCoins, numberFromRecord, numberToRecord, sequenceKey, transfer } from './coin.ts';
export { executeBlock } from './execute-block.ts';
export type { Execution, ExecutionRules } from './execute-block.ts';
export { createMempool, mempoolDefaults } from './mempool.ts';
export type { Mempool, MempoolLimits } from './mempool.ts';
