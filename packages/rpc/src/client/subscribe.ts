import type { Clock, Timers } from '@vsys/primitives';
import type { RpcEvent, SubscribeParams } from '../contract.ts';
import { ClientError } from './client-error.ts';
import { type EventSocket, openEventSocket } from './event-socket.ts';
import type { Reach } from './http-call.ts';
import { clientLimits } from './limits.ts';
import { isLastEvent } from './read-event.ts';

/** After these a new connection may do better. */
const PASSING = new Set(['CLIENT_UNREACHABLE', 'CLIENT_TIMEOUT', 'RPC_BUSY']);

/**
 * Events in order, over as many connections as it takes: heads go on from the token of the last event, the others from what is now.
 * What was told before a connection broke is not told twice. After a gap it goes on from what is now.
 *
 * Ends when none follows, or quietly when `stop` is aborted. Throws what the first connection failed with; later ones are tried until `stop`.
 */
export async function* followEvents(reach: Reach, params: SubscribeParams, stop: AbortSignal): AsyncGenerator<RpcEvent, void, void> {
  let resume = params;
  let told = '';
  let waits = 0;
  let socket: EventSocket | undefined = await openEventSocket(reach, params, stop);
  while (socket !== undefined) {
    try {
      let hasGap = false;
      while (!hasGap) {
        const event: RpcEvent | undefined = await socket.next();
        if (event === undefined || stop.aborted) break;
        hasGap = event.topic === 'gap';
        if (event.topic === 'heads') resume = { topic: 'heads', after: event.token };
        else if (hasGap) resume = params.topic === 'heads' ? { topic: 'heads' } : params;
        if (!hasGap) waits = 0;
        const text = JSON.stringify({ ...event, subscription: 0 });
        if (isNews(event, text, told)) yield event;
        told = text;
        if (isLastEvent(event)) return;
      }
    } finally {
      socket.close();
    }
    socket = await reopen();
  }

  async function reopen(): Promise<EventSocket | undefined> {
    while (!stop.aborted) {
      await pause(Math.min(clientLimits.reconnectMs * 2 ** waits++, clientLimits.reconnectMsMax), reach, stop);
      if (stop.aborted) break;
      try {
        return await openEventSocket(reach, resume, stop);
      } catch (error) {
        if (!stop.aborted && !(error instanceof ClientError && PASSING.has(error.code))) throw error;
      }
    }
    return undefined;
  }
}

/** The first event of a resumed subscription tells what is so now, which may be what was told last. */
function isNews(event: RpcEvent, text: string, told: string): boolean {
  return event.topic === 'heads' ? event.undone.length + event.applied.length > 0 : event.topic === 'gap' || text !== told;
}

function pause(ms: number, { clock, timers }: { readonly clock: Clock; readonly timers: Timers }, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const cancel = timers.setAt(clock.nowMs() + ms, done);
    stop.addEventListener('abort', done, { once: true });
  });
}
