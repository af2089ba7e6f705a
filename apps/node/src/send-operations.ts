import { toHex, systemClock } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import { chainId as chainIdOf, type ChainSpec, type Operation, transactionId, transactionToBytes } from '@vsys/data-format';
import { explainCode } from '@vsys/rpc';
import { type Client, ClientError, type Included } from '@vsys/rpc/client';
import { signOperations } from './sign-operations.ts';

export interface SenderOptions {
  readonly client: Client;
  readonly spec: ChainSpec;
  /** Pays and acts. */
  readonly signer: Signer;
  readonly lane?: number;
  /** Transactions that wait for a block; at more, `send` waits too. */
  readonly waitingMax?: number;
  /** How many blocks a transaction may wait for. */
  readonly validBlocks?: number;
  /** Time after which a transaction that no block takes is an error. */
  readonly stalledMs?: number;
}

/** A transaction that a node has taken into its pool. */
export interface Sent {
  /** Hex. */
  readonly id: string;
  /**
   * When it is in a block and did what it says. Sent ones are waited for in their order.
   *
   * @throws TransactionFailed with the code of its receipt; ClientError with the code that it was dropped with
   */
  included(): Promise<Included>;
}

/** A transaction is in a block and did nothing but pay its fee. The code is that of its receipt. */
export class TransactionFailed extends ClientError {}

/** Sends operations of one key as transactions, one behind the other. */
export interface Sender {
  /** Next sequence of the lane. */
  readonly sequence: bigint;
  /** Operations of one transaction: all of them happen, or none. Resolves when the node has it; calls at the same time keep their order. */
  send(operations: readonly Operation[]): Promise<Sent>;
  /** When all that was sent is in blocks. Throws what the first one that failed throws. */
  idle(): Promise<void>;
}

export const senderDefaults = { lane: 0, waitingMax: 16, validBlocks: 600, stalledMs: 120_000 } as const;

/** Others that write with the same key may be this far ahead. */
const SEQUENCE_TRIES_MAX = 256;
const WAIT_MS = 15_000;
const BUSY: readonly string[] = ['TX_POOL_FULL', 'TX_SEQUENCE_AHEAD', 'RPC_BUSY'];

/** @throws ClientError when the account cannot be read with its proof */
export async function createSender(options: SenderOptions): Promise<Sender> {
  const { client, spec, signer, lane, waitingMax, validBlocks, stalledMs } = { ...senderDefaults, ...options };
  const chainId = chainIdOf(spec);
  const account = await client.account(signer.account, { lane });
  let { sequence } = account;
  let { height } = account.block;
  const waiting: Promise<Included>[] = [];
  let sending: Promise<unknown> = Promise.resolve();
  let settling: Promise<unknown> = Promise.resolve();
  let failure: unknown;

  const submit = async (bytes: Uint8Array): Promise<ClientError | undefined> => {
    const [result] = await client.submit([bytes]).catch((error: unknown) => {
      if (error instanceof ClientError && BUSY.includes(error.code)) return [{ error }];
      throw error;
    });
    if (result === undefined || !('error' in result)) return undefined;
    const { code, message, remedy, data } = result.error;
    return new ClientError(code, message, { ...data, remedy });
  };

  /** Signs and sends; the node says which sequence is right when another program writes with the same key. */
  const sendNow = async (operations: readonly Operation[]): Promise<Sent> => {
    const endMs = systemClock.nowMs() + stalledMs;
    for (let tries = 0; ;) {
      while (waiting.length >= waitingMax) await quiet(waiting[0]);
      const transaction = signOperations(spec, signer, { chainId, lane, sequence, validUntil: height + validBlocks, operations });
      const bytes = transactionToBytes(transaction);
      const refused = await submit(bytes);
      if (refused === undefined) {
        sequence += 1n;
        return waitedFor(toHex(transactionId(transaction.bodyBytes)), bytes);
      }
      if (refused.code === 'TX_SEQUENCE_USED' && ++tries <= SEQUENCE_TRIES_MAX) {
        const next = refused.data.next === undefined ? undefined : BigInt(String(refused.data.next));
        sequence = next !== undefined && next > sequence ? next : sequence + 1n;
      } else if (BUSY.includes(refused.code) && systemClock.nowMs() < endMs) await (waiting.length > 0 ? quiet(waiting[0]) : nextHead(client));
      else throw refused;
    }
  };

  const waitedFor = (id: string, bytes: Uint8Array): Sent => {
    const included = settling.then(() => settle(id, bytes));
    settling = quiet(included);
    waiting.push(included);
    void included.catch((error: unknown) => { failure ??= error; }).finally(() => waiting.splice(waiting.indexOf(included), 1));
    return { id, included: () => included };
  };

  const settle = async (id: string, bytes: Uint8Array): Promise<Included> => {
    const endMs = systemClock.nowMs() + stalledMs;
    for (;;) {
      const status = await client.status(id);
      switch (status.kind) {
        case 'included': case 'safe': case 'final':
          height = Math.max(height, status.height);
          return succeeded(id, status);
        case 'dropped': throw new ClientError(status.code, `the node dropped the transaction ${id}: ${explainCode(status.code)?.cause ?? 'it does not say why'}`);
        case 'unknown': {
          // A node that was started anew has lost what waited in it.
          const refused = await submit(bytes);
          if (refused !== undefined) throw refused;
          break;
        }
        case 'pooled':
      }
      const leftMs = endMs - systemClock.nowMs();
      if (leftMs <= 0) throw new ClientError('CLIENT_TIMEOUT', `no block took the transaction ${id} within ${stalledMs / 1_000} s`, { remedy: 'see whether the chain goes on: vsys node status; the transaction may still be taken' });
      await client.waitFor(id, 'included', { timeoutMs: Math.min(WAIT_MS, leftMs) }).catch((error: unknown) => {
        if (!(error instanceof ClientError) || error.code !== 'CLIENT_TIMEOUT') throw error;
      });
    }
  };

  return {
    get sequence() {
      return sequence;
    },
    send(operations) {
      const sent = sending.then(() => sendNow(operations));
      sending = quiet(sent);
      return sent;
    },
    async idle() {
      await sending;
      await settling;
      if (failure !== undefined) throw failure;
    },
  };
}

/** @throws TransactionFailed for a receipt that tells of a failure */
export function succeeded(id: string, included: Included): Included {
  const { receipt: { status, code, feePaid }, height } = included;
  if (status === 'ok') return included;
  throw new TransactionFailed(code, `${explainCode(code)?.cause ?? 'the operation failed'}; so says the receipt of transaction ${id} in block ${height}, which did nothing but pay ${feePaid}`, { id, height });
}

async function quiet(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => {});
}

async function nextHead(client: Client): Promise<void> {
  let heads = 0;
  // The first one tells of the head that is there.
  for await (const event of client.subscribe({ topic: 'heads' }, { signal: AbortSignal.timeout(WAIT_MS) })) if (event.topic === 'heads' && ++heads === 2) return;
}
