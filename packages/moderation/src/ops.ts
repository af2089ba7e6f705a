/** Builders of operations of moderation, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, type Verdict } from '@vsys/primitives';
import { MODERATION } from './layout.ts';
import { moderationLimits as limits } from './limits.ts';
import { type ModerationOperation, type ModerationPayloadCode, operationFromPayload, payloadOf } from './operation.ts';
import type { Target } from './target.ts';

export type { Target } from './target.ts';

export interface ModerationCall {
  readonly container: typeof MODERATION;
  readonly payload: Uint8Array;
  /** Who acts, when it is not the payer. */
  readonly actor?: AccountId;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class ModerationOpError extends CodedError<ModerationPayloadCode> {}

/** The actor is a moderator, or describes itself anew. */
export function describeModerator(description: string, uri = ''): ModerationCall {
  if (uri.length > limits.uriBytesMax) throw new ModerationOpError('MODERATION_LIMIT', `a uri has at most ${limits.uriBytesMax} characters, found ${uri.length}`);
  return call({ kind: 'describe', description, uri });
}

export interface TargetOps {
  /** @param reason - a word, such as `fraud`, `spam`, `illegal` */
  mark(reason: string, note?: string): ModerationCall;
  unmark(): ModerationCall;
  /** By the person that is marked, or who owns what is. */
  appeal(moderator: AccountId, text: string): ModerationCall;
  /** By the moderator, to an appeal. */
  answer(text: string): ModerationCall;
}

/**
 * @example
 * const page = moderationOf({ kind: 'document', database, collection: 'pages', idKey });
 * const operations = [page.mark('fraud', 'sells what is not there')];
 */
export function moderationOf(target: Target): TargetOps {
  return {
    mark(reason, note = '') {
      if (reason.length > limits.reasonBytesMax) throw new ModerationOpError('MODERATION_LIMIT', `a reason has at most ${limits.reasonBytesMax} characters, found ${reason.length}`);
      return call({ kind: 'mark', target, reason, note });
    },
    unmark: () => call({ kind: 'unmark', target }),
    appeal: (moderator, text) => call({ kind: 'appeal', moderator, target, text }),
    answer: (text) => call({ kind: 'answer', target, text }),
  };
}

function call(operation: ModerationOperation): ModerationCall {
  if (operation.kind === 'appeal' && operation.moderator.length !== 20) throw new ModerationOpError('MODERATION_PAYLOAD', `a moderator has 20 bytes, found ${operation.moderator.length}`);
  const payload = payloadOf(operation);
  const checked: Verdict<unknown, ModerationPayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new ModerationOpError(checked.code, checked.message, checked.data ?? {});
  return { container: MODERATION, payload };
}
