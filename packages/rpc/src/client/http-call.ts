import { type Clock, systemClock, systemTimers, type Timers } from '@vsys/primitives';
import type { RpcMethod, RpcParams, RpcResult } from '../contract.ts';
import { badAnswer, ClientError, clientError } from './client-error.ts';
import { inTime } from './in-time.ts';
import { clientLimits } from './limits.ts';
import { parseMessage, resultOf } from './read-answer.ts';

/** Every call that is answered once. */
export type CallMethod = Exclude<RpcMethod, 'subscribe' | 'unsubscribe'>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What every way to the node needs. */
export interface Reach {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Aborted by `close`. */
  readonly closing: AbortSignal;
}

/** How to reach a node, as callers say it. */
export interface CallerOptions {
  /** Of a node, such as `http://localhost:9930`. */
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  /** For each call. */
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

export type Call = <M extends CallMethod>(method: M, params: RpcParams<M>, options?: CallOptions) => Promise<RpcResult<M>>;

/** @throws ClientError CLIENT_UNREACHABLE for a url that is not http or https */
export function reachOf(options: CallerOptions, closing: AbortSignal): Reach {
  if (!/^https?:\/\//i.test(options.url) || !URL.canParse(options.url)) throw clientError('CLIENT_UNREACHABLE', `url is one of http or https, such as http://localhost:9930; found ${options.url}`);
  return {
    url: new URL(options.url).href, fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)), timeoutMs: options.timeoutMs ?? clientLimits.timeoutMs,
    answerBytesMax: options.answerBytesMax ?? clientLimits.answerBytesMax, clock: options.clock ?? systemClock, timers: options.timers ?? systemTimers, closing,
  };
}

/**
 * The calls of a node as it answers them, for those who take its word: nothing is checked.
 *
 * @throws ClientError CLIENT_UNREACHABLE for a url that is not http or https
 * @example
 * const status = await createCaller({ url: 'http://localhost:9930' })('node_status', {});
 */
export function createCaller(options: CallerOptions): Call {
  return createHttpCall(reachOf(options, new AbortController().signal));
}

/** Calls by POST. What comes back is an answer to this call; whether its result is as promised is for the reader of it to see. */
export function createHttpCall({ url, fetch, timeoutMs, answerBytesMax, clock, timers, closing }: Reach): Call {
  let calls = 0;
  return async <M extends CallMethod>(method: M, params: RpcParams<M>, { signal }: CallOptions = {}): Promise<RpcResult<M>> => {
    const id = ++calls;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const post = async (stop: AbortSignal): Promise<string> => {
      const ask = (): Promise<Response> => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: stop });
      try {
        const response = await ask().catch((error: unknown) => {
          if (stop.aborted || !wasClosedBefore(error)) throw error;
          return ask();
        });
        return await textOf(response, answerBytesMax);
      } catch (cause) {
        throw cause instanceof ClientError ? cause : clientError('CLIENT_UNREACHABLE', `${method} was not answered at ${url}`, { cause });
      }
    };
    const text = await inTime(post, { timeoutMs, clock, timers, signals: [closing, signal], what: method });
    return resultOf(parseMessage(text), id) as RpcResult<M>;
  };
}

/**
 * A connection that was kept from an earlier call and that the node closed while this one was on its way: it was not answered, and every call may be made twice.
 * Browsers ask again by themselves.
 */
function wasClosedBefore(error: unknown): boolean {
  const code = (error as { readonly cause?: { readonly code?: unknown } } | null)?.cause?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET';
}

/** The body, whatever the status: a node refuses with both, and what is not from a node is no answer. */
async function textOf(response: Response, bytesMax: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > bytesMax) {
      await reader.cancel();
      throw badAnswer(`it has at most ${bytesMax} bytes; set answerBytesMax, or ask for less`);
    }
    text += decoder.decode(read.value, { stream: true });
  }
  return text + decoder.decode();
}
