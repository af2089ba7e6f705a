import { accept, refuse, type Logger, type Verdict } from '@vsys/primitives';
import type { Chain } from '@vsys/consensus';
import { followFinal } from './follow-final.ts';
import { followHeads } from './follow-heads.ts';
import { followTransaction } from './follow-transaction.ts';
import type { RpcEvent } from './contract.ts';
import type { CallParams } from './methods.ts';
import type { UndoneBlocks } from './undone-blocks.ts';

type Unnumbered<E> = E extends unknown ? Omit<E, 'subscription'> : never;

/** An event before a transport gave the subscription its number. */
export type TopicEvent = Unnumbered<RpcEvent>;

/**
 * Takes the events of a subscription, in order. Not called before `subscribe` has returned.
 *
 * @param last - none follows: the subscription is over
 * @returns false when it takes no more, which ends the subscription
 */
export type EventSink = (event: TopicEvent, last: boolean) => boolean;

export interface Subscription {
  close(): void;
}

/** Where a topic's events are put; false when the subscription is over. */
export type Emit = (event: TopicEvent, last?: boolean) => boolean;
/** Starts to follow, first event included. Returns how to stop. */
export type Follow = (chain: Chain, emit: Emit) => () => void;

/** Checks what belongs together in the parameters and starts to follow the topic. */
export function openSubscription(chain: Chain, { topic, after, id }: CallParams['subscribe'], sink: EventSink, { undone, logger }: { readonly undone: UndoneBlocks; readonly logger: Logger }): Verdict<Subscription, 'RPC_PARAMS'> {
  if (after !== undefined && topic !== 'heads') return refuse('RPC_PARAMS', `"after" goes with the topic heads; "${topic}" begins with what is now`);
  if ((id !== undefined) !== (topic === 'transaction')) return refuse('RPC_PARAMS', id === undefined ? '"id" is missing: the transaction to follow' : '"id" goes with the topic transaction only');
  const follow = topic === 'heads' ? followHeads(after, undone, logger) : topic === 'final' ? followFinal : followTransaction(id as Uint8Array, logger);
  return accept(start(chain, follow, sink));
}

function start(chain: Chain, follow: Follow, sink: EventSink): Subscription {
  let open = true;
  let stop: (() => void) | undefined;
  const close = (): void => {
    open = false;
    stop?.();
    stop = undefined;
  };
  const emit: Emit = (event, last = false) => {
    if (!open) return false;
    if (last) close();
    if (!sink(event, last)) close();
    return open;
  };
  // After the caller has told the number of the subscription to whom it belongs.
  queueMicrotask(() => {
    if (!open) return;
    const stopped = follow(chain, emit);
    if (open) stop = stopped;
    else stopped();
  });
  return { close };
}
