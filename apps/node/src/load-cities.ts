import type { Signer } from '@vsys/crypto';
import type { ChainSpec } from '@vsys/data-format';
import type { Document, Value } from '@vsys/data-format/value';
import { collectionOps, createDatabase, type DatabaseId, databaseId } from '@vsys/database/ops';
import { hasCode } from '@vsys/primitives';
import type { Client } from '@vsys/rpc/client';
import { COLLECTION, DATABASE, INDEXES } from './cities.ts';
import { pause } from './pause.ts';
import { createProgress } from './progress.ts';
import { createSender } from './send-operations.ts';

const ROWS_PER_TRANSACTION = 250;
const TRANSACTIONS_WAITING_MAX = 32;
const SETTLE_MS_MAX = 30_000;

export interface Loading {
  readonly client: Client;
  readonly spec: ChainSpec;
  /** Pays, and owns the database. */
  readonly owner: Signer;
  readonly signal: AbortSignal;
  /** Called before a batch is sent, and once when all are, with how many rows are in, and with what prints meanwhile. */
  readonly onProgress: (sent: number, print: (line: string) => void) => Promise<void>;
  /** Prints lines where there is no progress bar. */
  readonly print: (line: string) => void;
}

export interface Loaded {
  /** Rows that were there before. */
  readonly before: number;
  /** Counted back from the chain, with a proof. */
  readonly stored: bigint;
}

/** Signed transactions with many inserts each; so many wait at a time. What is stored already is not sent again. */
export async function loadCities(cities: readonly Document[], { client, spec, owner, signal, onProgress, print }: Loading): Promise<Loaded> {
  const database = databaseId(owner.account, DATABASE);
  const collection = collectionOps(database, COLLECTION);
  const sender = await createSender({ client, spec, signer: owner, waitingMax: TRANSACTIONS_WAITING_MAX });
  if (sender.sequence === 0n) await (await sender.send([createDatabase(DATABASE), collection.create(INDEXES)])).included();
  const before = Number(await countAll(client, database, 0n, signal));
  // Rows go out in order and in one lane, so that those which are stored are the first.
  const progress = createProgress({ what: 'loading', unit: 'cities', total: cities.length, printPlain: print });
  try {
    for (let at = before; at < cities.length; at += ROWS_PER_TRANSACTION) {
      signal.throwIfAborted();
      await onProgress(at, progress.print);
      const rows = cities.slice(at, at + ROWS_PER_TRANSACTION);
      const sent = await sender.send([collection.insert(rows)]);
      // A failure is thrown by `idle`.
      void sent.included().then(() => progress.update(at + rows.length), () => {});
    }
    await onProgress(Math.max(before, cities.length), progress.print);
    await sender.idle();
  } finally {
    progress.stop();
  }
  return { before, stored: await countAll(client, database, BigInt(Math.max(before, cities.length)), signal) };
}

/** Where blocks may be taken back, what was in one a moment ago may be on its way into the next: only what stays away is missing. */
async function countAll(client: Client, database: DatabaseId, expected: bigint, signal: AbortSignal): Promise<bigint> {
  const endMs = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const isLate = performance.now() > endMs;
    const stored = await countCities(client, database).catch((error: unknown) => {
      if (isLate || !hasCode(error, 'QUERY_NO_COLLECTION')) throw error;
      return undefined;
    });
    if (stored !== undefined && (stored >= expected || isLate)) return stored;
    await pause(250, signal);
  }
}

/** Proven under the headers that the client checked. */
async function countCities(client: Client, database: DatabaseId): Promise<bigint> {
  return (await client.count({ database, collection: COLLECTION, filter: new Map<string, Value>() })).count;
}
