export { createModerationContainer } from './create-moderation-container.ts';
export type { ModerationCode } from './create-moderation-container.ts';
export { moderationGas, moderationLimits, policyLimits } from './limits.ts';
export type { MarkCode } from './marks.ts';
export { operationFromPayload } from './operation.ts';
export type { ModerationAction, ModerationOperation, ModerationPayloadCode } from './operation.ts';
