import { setTimeout as pause } from 'node:timers/promises';
import { createCaller } from '@vsys/rpc/client';
import { BenchError } from './options.ts';

export interface Load {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly sentPerSecond: number;
  /** Time of day at which the call with this transfer began. */
  sentAtMs(transfer: number): number;
  nodeOf(transfer: number): number;
}

export interface LoadOptions {
  readonly urls: readonly string[];
  readonly transfers: readonly Uint8Array[];
  /** Transfers per second offered to all nodes together. */
  readonly rate: number;
  /** A node whose pool holds more is not sent to until it holds less. */
  readonly waitingMax: number;
  readonly print: (line: string) => void;
}

const BATCH = 200;
const STATUS_MS = 100;
const PROGRESS_MS = 5_000;

/** Sends batches to the nodes in turns, one call per node at a time, no faster than the rate and than the pools empty. */
export async function sendLoad({ urls, transfers, rate, waitingMax, print }: LoadOptions): Promise<Load> {
  // Made before the clock starts: a client's own work is none of the nodes'.
  const bodies = Array.from({ length: Math.ceil(transfers.length / BATCH) }, (_, batch) => JSON.stringify({
    jsonrpc: '2.0', id: batch, method: 'tx_submit', params: { transactions: transfers.slice(batch * BATCH, (batch + 1) * BATCH).map((bytes) => Buffer.from(bytes).toString('base64')) },
  }));
  const sentAtMs = new Float64Array(bodies.length);
  const startedAtMs = Date.now();
  let sent = 0;
  const progress = setInterval(() => print(`  ${sent} sent after ${Math.round((Date.now() - startedAtMs) / 1_000)} s`), PROGRESS_MS);
  await Promise.all(urls.map(async (url, node) => {
    const call = createCaller({ url });
    let waiting = 0;
    let askedAtMs = 0;
    for (let batch = node; batch < bodies.length; batch += urls.length) {
      await pause(Math.max(0, startedAtMs + (batch * BATCH * 1_000) / rate - Date.now()));
      while (waiting >= waitingMax || Date.now() - askedAtMs >= STATUS_MS) {
        if (waiting >= waitingMax) await pause(STATUS_MS / 4);
        waiting = (await call('node_status', {})).pool.transactions;
        askedAtMs = Date.now();
      }
      sentAtMs[batch] = Date.now();
      await submit(url, bodies[batch] as string);
      waiting += BATCH;
      sent += BATCH;
    }
  })).finally(() => clearInterval(progress));
  const endedAtMs = Date.now();
  return {
    startedAtMs, endedAtMs, sentPerSecond: (transfers.length * 1_000) / (endedAtMs - startedAtMs),
    sentAtMs: (transfer) => sentAtMs[Math.floor(transfer / BATCH)] as number,
    nodeOf: (transfer) => Math.floor(transfer / BATCH) % urls.length,
  };
}

async function submit(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const answer = (await response.json()) as { result?: { results: readonly { error?: { code: string; message: string } }[] }; error?: { message: string } };
  const refused = answer.result?.results.find(({ error }) => error !== undefined)?.error;
  if (refused !== undefined || answer.result === undefined) throw new BenchError('BENCH_FAILED', `a node refused: ${refused === undefined ? answer.error?.message : `${refused.code} ${refused.message}`}`);
}
