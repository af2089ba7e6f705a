export { answerCount, answerQuery, explainQuery } from './answer-query.ts';
export { queryLimits } from './model.ts';
export type { Answer, CountQuery, Explanation, Query, QueryCode, SortField, VerifiedAnswer, VerifiedCount } from './model.ts';
export { answerFromJson, answerToJson, queryFromJson, queryToJson } from './query-json.ts';
export type { AnswerJson, ExplanationJson, QueryJson } from './query-json.ts';
export { verifyAnswer, verifyCount } from './verify-answer.ts';
export type { VerifyCode } from './verify-answer.ts';
