import type { RpcEvent, TransactionStatusJson } from '../contract.ts';
import { ClientError } from './client-error.ts';

export type Included = Extract<TransactionStatusJson, { readonly kind: 'included' | 'safe' | 'final' }>;

/** How far a transaction has come: each takes in those after it. */
export type Stage = Included['kind'];

const STAGES: readonly string[] = ['included', 'safe', 'final'] satisfies readonly Stage[];

export interface WaitOptions {
  /** By default `clientLimits.waitMs`. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The first status that is as far as asked; undefined when the events end before.
 *
 * @throws ClientError with the code that the transaction was dropped with
 */
export async function reachedStage(events: AsyncIterable<RpcEvent>, stage: Stage): Promise<Included | undefined> {
  for await (const event of events) {
    // After a gap the status of now follows.
    if (event.topic !== 'transaction') continue;
    const { status } = event;
    if (status.kind === 'dropped') throw new ClientError(status.code, 'the node dropped the transaction');
    if ('receipt' in status && STAGES.indexOf(status.kind) >= STAGES.indexOf(stage)) return status;
  }
  return undefined;
}
