import { type Clock, hasCode, type Logger, type Metrics, noMetrics, refuse, silentLogger, systemClock, type Verdict } from '@vsys/primitives';
import type { Chain } from '@vsys/consensus';
import { chainCalls, type ChainCalls } from './chain-api-calls.ts';
import { type EventSink, openSubscription, type Subscription } from './chain-api-subscribe.ts';
import type { NodeStatus } from './contract.ts';
import { methods } from './methods.ts';
import { readFields } from './params-object.ts';
import { rememberUndone } from './undone-blocks.ts';

const UNDONE_BLOCKS_MAX = 1_024;

export interface ChainApiParts {
  readonly chain: Chain;
  readonly nodeStatus: () => NodeStatus;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
}

/** The calls against one chain, without a transport. */
export interface ChainApi {
  /**
   * Answers any call but `subscribe` and `unsubscribe`.
   *
   * @param params - what somebody sent: every field is looked at
   * @returns a value for JSON; or a refusal with a code of the server, the chain, the pool or the database. Does not throw
   */
  call(method: string, params: unknown): Promise<Verdict<unknown>>;
  /** Events until `close`, or until the sink was told of the last one or takes no more. */
  subscribe(params: unknown, sink: EventSink): Verdict<Subscription>;
}

/**
 * @example
 * const api = createChainApi({ chain: node.chain, nodeStatus });
 * const info = await api.call('chain_info', {});
 */
export function createChainApi({ chain, nodeStatus, logger = silentLogger, metrics = noMetrics, clock = systemClock }: ChainApiParts): ChainApi {
  const calls = chainCalls(chain, nodeStatus);
  const undone = rememberUndone(chain, UNDONE_BLOCKS_MAX);

  const answer = async (method: string, params: unknown): Promise<Verdict<unknown>> => {
    if (!isCall(calls, method)) {
      const known = Object.hasOwn(methods, method);
      return refuse('RPC_METHOD', known ? `"${method}" is served over WebSocket only` : 'there is no such method; rpc_discover lists them');
    }
    return run(calls, method, params);
  };

  return {
    async call(method, params) {
      const startMs = clock.nowMs();
      const verdict = await answer(method, params).catch((error: unknown) => failure(error, method, logger));
      metrics.count('vsys_rpc_calls_total', 'Calls answered or refused');
      if (!verdict.ok) metrics.count('vsys_rpc_refusals_total', 'Calls refused');
      metrics.observe('vsys_rpc_call_seconds', 'Time of a call', (clock.nowMs() - startMs) / 1_000);
      return verdict;
    },
    subscribe(params, sink) {
      const read = readFields(methods.subscribe.params, params);
      return read.ok ? openSubscription(chain, read.value, sink, { undone, logger }) : read;
    },
  };
}

function isCall(calls: ChainCalls, method: string): method is keyof ChainCalls {
  return Object.hasOwn(calls, method);
}

async function run<M extends keyof ChainCalls>(calls: ChainCalls, method: M, params: unknown): Promise<Verdict<unknown>> {
  const read = readFields(methods[method].params, params);
  return read.ok ? calls[method](read.value) : read;
}

/** A node that stops, on request or after a failure that it tells its operator. */
const ENDING = ['CHAIN_CLOSED', 'CHAIN_FAILED', 'STATE_CLOSED', 'STATE_FAILED', 'STORE_CLOSED'] as const;

/** What was thrown under a call. Its text stays in the log: it may name what is none of the caller's business. */
function failure(error: unknown, method: string, logger: Logger): Verdict<never> {
  // The state of a block may go between its look-up and its reading.
  if (hasCode(error, 'STATE_VIEW_DROPPED')) return refuse('RPC_OUTSIDE_WINDOW', 'the state of this block went while it was read');
  if (ENDING.some((code) => hasCode(error, code))) return refuse('RPC_BUSY', 'the node is stopping');
  logger.error('a call failed', { method, error });
  return refuse('RPC_INTERNAL', 'the node failed on its own; its log tells');
}
