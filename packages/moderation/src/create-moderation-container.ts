import { accept, type Verdict } from '@vsys/primitives';
import { type Container, operationCalls, type OperationContext } from '@vsys/container';
import { markKey, MODERATION, moderatorKey } from './layout.ts';
import { moderationGas } from './limits.ts';
import { answer, appeal, describe, mark, type MarkCode, partyKeys, unmark } from './marks.ts';
import { type ModerationOperation, type ModerationPayloadCode, operationFromPayload } from './operation.ts';

export type ModerationCode = ModerationPayloadCode | MarkCode;

/** Marks of moderators on people and data. They change nothing of what they are about: who honours a moderator says what follows. */
export function createModerationContainer(): Container {
  return {
    name: MODERATION,
    version: 1,
    ...operationCalls<ModerationOperation>({
      read: operationFromPayload,
      touches: touchedBy,
      actionOf: ({ kind }) => kind,
      gasOf: (_, payload) => moderationGas.operation + moderationGas.payloadByte * BigInt(payload.length),
      run(operation, context) {
        const done = run(operation, context);
        return done.ok ? accept(new Uint8Array()) : done;
      },
    }),
  };
}

function touchedBy(operation: ModerationOperation, actor: Uint8Array): readonly Uint8Array[] {
  switch (operation.kind) {
    case 'describe': return [moderatorKey(actor)];
    case 'mark': return [moderatorKey(actor), markKey(actor, operation.target)];
    case 'appeal': return [markKey(operation.moderator, operation.target), ...partyKeys(operation.target)];
    default: return [markKey(actor, operation.target)];
  }
}

function run(operation: ModerationOperation, context: OperationContext): Verdict<void, MarkCode> {
  switch (operation.kind) {
    case 'describe': return describe(operation, context);
    case 'mark': return mark(operation, context);
    case 'unmark': return unmark(operation, context);
    case 'appeal': return appeal(operation, context);
    case 'answer': return answer(operation, context);
  }
}
