import { refuse, type Verdict } from '@vsys/primitives';
import type { WebSocket } from 'ws';
import type { ChainApi } from './chain-api.ts';
import type { EventSink, Subscription } from './chain-api-subscribe.ts';
import { rpcLimits } from './contract.ts';
import { answerJsonRpc, errorText } from './json-rpc.ts';
import { methods } from './methods.ts';
import { readFields } from './params-object.ts';

/** Bytes that wait for a slow reader before its subscriptions end with a gap. */
const WAITING_BYTES_MAX = 4_194_304;
/** Requests of one connection that are worked on at a time. */
const SOCKET_UNDER_WAY_MAX = 64;

/** Serves one WebSocket: the calls, and subscriptions, whose events follow the answer that tells their number. */
export function serveConnection(socket: WebSocket, api: ChainApi): void {
  const open = new Map<number, Subscription>();
  let next = 1;
  let underWay = 0;

  const send = (text: string): void => {
    if (socket.readyState === socket.OPEN) socket.send(text);
  };
  const subscribe = (params: unknown, afterAnswer: (() => void)[]): Verdict<{ readonly subscription: number }> => {
    if (open.size >= rpcLimits.subscriptionsMax) return refuse('RPC_LIMIT', `a connection has at most ${rpcLimits.subscriptionsMax} subscriptions`);
    const subscription = next++;
    // Events wait until the answer is out: a reader must know the number first.
    const waiting: string[] = [];
    let answered = false;
    const sink: EventSink = (event, last) => {
      const isSlow = socket.bufferedAmount > WAITING_BYTES_MAX;
      const told = isSlow ? { topic: 'gap', reason: 'events were not read fast enough; read the state and subscribe again' } : event;
      const text = JSON.stringify({ jsonrpc: '2.0', method: 'event', params: { subscription, ...told } });
      if (answered) send(text);
      else waiting.push(text);
      if (isSlow || last) open.delete(subscription);
      return !isSlow;
    };
    const opened = api.subscribe(params, sink);
    if (!opened.ok) return opened;
    open.set(subscription, opened.value);
    afterAnswer.push(() => {
      answered = true;
      for (const text of waiting) send(text);
    });
    return { ok: true, value: { subscription } };
  };
  const handle = async (method: string, params: unknown, afterAnswer: (() => void)[]): Promise<Verdict<unknown>> => {
    if (method === 'subscribe') return subscribe(params, afterAnswer);
    if (method !== 'unsubscribe') return api.call(method, params);
    const read = readFields(methods.unsubscribe.params, params);
    if (!read.ok) return read;
    const { subscription } = read.value;
    open.get(subscription)?.close();
    return { ok: true, value: { done: open.delete(subscription) } };
  };
  const answer = async (text: string): Promise<void> => {
    const afterAnswer: (() => void)[] = [];
    const answered = await answerJsonRpc(text, (method, params) => handle(method, params, afterAnswer));
    if (answered !== undefined) send(answered);
    for (const release of afterAnswer) release();
  };

  socket.on('message', (data, isBinary) => {
    if (isBinary) return send(errorText(null, refuse('RPC_REQUEST', 'requests are text, not binary')));
    if (underWay >= SOCKET_UNDER_WAY_MAX) return send(errorText(null, refuse('RPC_BUSY', `${SOCKET_UNDER_WAY_MAX} requests of this connection are under way`)));
    underWay += 1;
    void answer(String(data)).finally(() => {
      underWay -= 1;
    });
  });
  // A broken socket closes next; there is nobody left to tell.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    for (const subscription of open.values()) subscription.close();
    open.clear();
  });
}
