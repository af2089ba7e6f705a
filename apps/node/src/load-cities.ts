import type { Signer } from '@vsys/crypto';
import { chainId, createTransaction, type Operation, transactionToBytes } from '@vsys/data-format';
import type { Document, Value } from '@vsys/data-format/value';
import { collectionOps, createDatabase, type DatabaseId, databaseId } from '@vsys/database/ops';
import type { Client, Trust } from '@vsys/rpc/client';
import { AppError } from './app-error.ts';
import { COLLECTION, DATABASE, INDEXES } from './cities.ts';
import { pause } from './pause.ts';
import { createProgress } from './progress.ts';

const ROWS_PER_TRANSACTION = 250;
const TRANSACTIONS_WAITING_MAX = 32;
const BLOCKS_VALID = 600;

export interface Loading {
  readonly client: Client;
  readonly trust: Trust;
  /** Pays, and owns the database. */
  readonly owner: Signer;
  readonly signal: AbortSignal;
  /** Called before a batch is sent, and once when all are, with how many rows are in. */
  readonly onProgress: (sent: number) => Promise<void>;
}

export interface Loaded {
  /** Rows that were there before. */
  readonly before: number;
  /** Counted back from the chain, with a proof. */
  readonly stored: bigint;
}

/** Signed transactions with many inserts each; so many wait at a time. What is stored already is not sent again. */
export async function loadCities(cities: readonly Document[], loading: Loading): Promise<Loaded> {
  const { client, owner, onProgress } = loading;
  const database = databaseId(owner.account, DATABASE);
  const sender = await createSender(loading);
  const collection = collectionOps(database, COLLECTION);
  if (sender.isFirst) {
    await sender.send([createDatabase(DATABASE), collection.create(INDEXES)]);
    await sender.drain();
  }
  const before = Number(await countCities(client, database));
  // Rows go out in order and in one lane, so that those which are stored are the first.
  using progress = createProgress('cities stored', cities.length, { done: Math.min(before, cities.length) });
  for (let at = before; at < cities.length; at += ROWS_PER_TRANSACTION) {
    await onProgress(at);
    const rows = cities.slice(at, at + ROWS_PER_TRANSACTION);
    await sender.send([collection.insert(rows)], () => progress.update(at + rows.length));
  }
  await onProgress(Math.max(before, cities.length));
  await sender.drain();
  return { before, stored: await countCities(client, database) };
}

/** Proven under the headers that the client checked. */
export async function countCities(client: Client, database: DatabaseId): Promise<bigint> {
  return (await client.count({ database, collection: COLLECTION, filter: new Map<string, Value>() })).count;
}

interface Sender {
  /** Nothing was ever sent from this account. */
  readonly isFirst: boolean;
  /** Waits while too many are on their way. `stored` is called when it is in a block. */
  send(operations: readonly Operation[], stored?: () => void): Promise<void>;
  /** Waits until all are in blocks. */
  drain(): Promise<void>;
}

async function createSender({ client, trust, owner, signal }: Loading): Promise<Sender> {
  let { sequence } = await client.account(owner.account, { signal });
  const isFirst = sequence === 0n;
  const waiting: { readonly id: string; readonly stored: () => void }[] = [];

  const settleOldest = async (): Promise<void> => {
    const oldest = waiting.shift();
    if (oldest === undefined) return;
    const { receipt } = await client.waitFor(oldest.id, 'included', { signal, timeoutMs: 120_000 });
    if (receipt.status === 'failed') throw new AppError('REFUSED', `a transaction failed: ${receipt.code}; vsys explain ${receipt.code} tells more`);
    oldest.stored();
  };
  const submit = async (bytes: Uint8Array): Promise<string> => {
    for (;;) {
      const [result] = await client.submit([bytes], { signal });
      if (result !== undefined && 'id' in result) return result.id;
      if (result?.error.code !== 'TX_POOL_FULL') throw new AppError('REFUSED', `${result?.error.code}: ${result?.error.message}; ${result?.error.remedy}`);
      // The node pushes back: the next block makes room.
      await (waiting.length > 0 ? settleOldest() : pause(1_000, signal));
    }
  };
  return {
    isFirst,
    async send(operations, stored = () => {}) {
      while (waiting.length >= TRANSACTIONS_WAITING_MAX) await settleOldest();
      const body = { chainId: chainId(trust.spec), payer: owner.account, lane: 0, sequence: sequence++, validUntil: client.followed.tip.height + BLOCKS_VALID, feeMax: 25_000_000n, gasMax: 20_000_000n, operations };
      waiting.push({ id: await submit(transactionToBytes(createTransaction(body, [owner]))), stored });
    },
    async drain() {
      while (waiting.length > 0) await settleOldest();
    },
  };
}
