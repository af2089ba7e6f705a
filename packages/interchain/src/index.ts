export { mainChainRules, noMainChain } from './reference-rules.ts';
export type { Eligibility, MainChainView, ReferenceCode, ReferenceRules } from './reference-rules.ts';
