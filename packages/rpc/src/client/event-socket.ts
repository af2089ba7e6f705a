import type { RpcEvent, SubscribeParams } from '../contract.ts';
import { clientError } from './client-error.ts';
import type { Reach } from './http-call.ts';
import { inTime } from './in-time.ts';
import { clientLimits } from './limits.ts';
import { parseMessage, resultOf } from './read-answer.ts';
import { readEvent } from './read-event.ts';
import { readObject, readWhole } from './read-json.ts';

/** One subscription over a connection of its own. */
export interface EventSocket {
  /** The next event, in order; undefined when the connection is over and all of them were given. Throws what was wrong with the last message. */
  next(): Promise<RpcEvent | undefined>;
  close(): void;
}

const REQUEST = 1;
/** A call whose answer shows that somebody is still there. */
const SIGN_OF_LIFE = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'chain_info', params: {} });

/** @throws ClientError CLIENT_UNREACHABLE, CLIENT_TIMEOUT, CLIENT_BAD_ANSWER, or the code that the node refused the subscription with */
export async function openEventSocket({ url, timeoutMs, clock, timers }: Reach, params: SubscribeParams, stop: AbortSignal): Promise<EventSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  const waiting: RpcEvent[] = [];
  let subscription: number | undefined;
  let over = false;
  let failure: unknown;
  let wake: (() => void) | undefined;
  let unwatch = (): void => undefined;
  let hasHeard = false;
  let hasAsked = false;

  const end = (reason?: unknown): void => {
    if (over) return;
    over = true;
    failure = reason;
    unwatch();
    wake?.();
    socket.close();
  };
  const take = (text: string): void => {
    const message = parseMessage(text);
    if (subscription === undefined) subscription = readWhole(readObject(resultOf(message, REQUEST), 'result').subscription, 'subscription');
    else if (message.method === 'event' && readObject(message.params, 'params').subscription === subscription) waiting.push(readEvent(message.params, params.topic));
    wake?.();
    // Rather than hold more than that, the connection is given up: what comes after can be asked for again.
    if (waiting.length >= clientLimits.eventsWaitingMax) end();
  };
  /** A connection that broke without a word looks like one on which nothing happens. */
  const watch = (): void => {
    unwatch = timers.setAt(clock.nowMs() + clientLimits.idleMs, () => {
      if (hasAsked) return end();
      hasAsked = !hasHeard;
      if (hasAsked) socket.send(SIGN_OF_LIFE);
      hasHeard = false;
      watch();
    });
  };
  socket.addEventListener('message', ({ data }) => {
    if (over) return;
    hasHeard = true;
    hasAsked = false;
    try {
      take(String(data));
    } catch (error) {
      end(error);
    }
  });
  socket.addEventListener('open', () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: REQUEST, method: 'subscribe', params })));
  // Nothing is told of the cause here: pages are not to find out what listens where. A close follows.
  socket.addEventListener('error', () => end());
  socket.addEventListener('close', () => end());

  const changed = async (): Promise<void> => {
    await new Promise<void>((resolve) => { wake = resolve; });
    wake = undefined;
  };
  const onStop = (): void => end();
  stop.addEventListener('abort', onStop, { once: true });
  const close = (): void => {
    stop.removeEventListener('abort', onStop);
    end();
  };
  const subscribed = async (): Promise<void> => {
    while (subscription === undefined && !over) await changed();
    if (failure !== undefined) throw failure;
    if (subscription === undefined) throw clientError('CLIENT_UNREACHABLE', `there is no WebSocket of a node at ${url}`);
  };
  try {
    await inTime(subscribed, { timeoutMs, clock, timers, signals: [stop], what: 'subscribe' });
    if (!over) watch();
  } catch (error) {
    close();
    throw error;
  }

  return {
    async next() {
      while (waiting.length === 0 && !over) await changed();
      const event = waiting.shift();
      if (event === undefined && failure !== undefined) throw failure;
      return event;
    },
    close,
  };
}
