import { equalBytes } from '@vsys/primitives';
import { encodeDocument } from '@vsys/data-format/value';
import { documentFromRecord } from '@vsys/database/layout';
import { collectionOps, type DatabaseId } from '@vsys/database/ops';
import { rpcLimits } from '@vsys/rpc';
import type { Client } from '@vsys/rpc/client';
import { explainCode } from '@vsys/rpc';
import type { BadRow, Row } from './read-rows.ts';
import { type Sender, TransactionFailed } from './send-operations.ts';

export interface ImportOptions {
  readonly client: Client;
  readonly sender: Sender;
  readonly database: DatabaseId;
  readonly collection: string;
  /** Rows of one transaction. */
  readonly rowsMax: number;
  /** Bytes of their documents together. */
  readonly bytesMax: number;
  /** Whether rows may be there already, so that it is worth asking before they are sent. */
  readonly lookFirst: boolean;
  /** Told of rows as they are settled, and of each that cannot be stored. */
  readonly onSettled: (rows: number) => void;
  readonly onBad: (bad: BadRow) => void;
}

export interface Imported {
  /** Stored by this run. */
  readonly sent: number;
  /** There already, with the same content. */
  readonly known: number;
}

/** What a row can be to blame for; with these a batch is taken apart until the row is found. */
const OF_ROWS: readonly string[] = ['DB_DUPLICATE', 'DB_VALUE', 'DB_KEY_TOO_LONG', 'DB_LIMIT'];

/**
 * Stores rows, many in each transaction and several transactions under way. Rows that are there already are passed over, so that an
 * import that was broken off goes on where it stopped; the ids are its memory, and they are asked for with proofs.
 */
export async function importRows(rows: AsyncIterable<Row>, options: ImportOptions): Promise<Imported> {
  const { client, sender, database, collection, rowsMax, bytesMax, lookFirst, onSettled, onBad } = options;
  const ops = collectionOps(database, collection);
  let sent = 0;
  let known = 0;
  const failed: { readonly rows: readonly Row[]; readonly error: TransactionFailed }[] = [];
  let fatal: unknown;
  const settling = new Set<Promise<void>>();

  /** Leaves out what is there, and names what is there with other content. */
  const missing = async (batch: readonly Row[]): Promise<readonly Row[]> => {
    const absent: Row[] = [];
    for (let at = 0; at < batch.length; at += rpcLimits.keysMax) {
      const part = batch.slice(at, at + rpcLimits.keysMax);
      const { values } = await client.values(part.map(({ key }) => key));
      for (const [i, row] of part.entries()) {
        const value = values[i];
        if (value === undefined) absent.push(row);
        else meet(row, bytesOf(value));
      }
    }
    return absent;
  };
  const meet = (row: Row, there: Uint8Array): void => {
    if (equalBytes(row.bytes, there)) known += 1;
    else onBad({ number: row.number, line: row.line, code: 'DB_DUPLICATE', field: '_id', message: 'another document with this _id is there already, and its content differs' });
    onSettled(1);
  };
  const send = async (batch: readonly Row[]): Promise<void> => {
    const transaction = await sender.send([ops.insert(batch.map(({ document }) => document))]);
    const settled = transaction.included().then(() => {
      sent += batch.length;
      onSettled(batch.length);
    }).catch((error: unknown) => {
      if (error instanceof TransactionFailed && OF_ROWS.includes(error.code)) failed.push({ rows: batch, error });
      else fatal ??= error;
    }).finally(() => settling.delete(settled));
    settling.add(settled);
  };
  const dispatch = async (batch: readonly Row[]): Promise<void> => {
    const left = lookFirst ? await missing(batch) : batch;
    if (left.length > 0) await send(left);
  };
  /** A batch that failed did nothing: all of it is looked at again, and halved until the row is found that cannot be stored. */
  const repair = async (batch: readonly Row[], error: TransactionFailed): Promise<void> => {
    const left = await missing(batch);
    const [first] = left;
    if (left.length === 1 && batch.length === 1 && first !== undefined) {
      onBad({ number: first.number, line: first.line, code: error.code, message: explainCode(error.code)?.cause ?? error.message });
      onSettled(1);
      return;
    }
    const middle = left.length === batch.length ? Math.ceil(left.length / 2) : left.length;
    for (const part of [left.slice(0, middle), left.slice(middle)]) if (part.length > 0) await send(part);
  };

  for await (const batch of batchesOf(rows, { rowsMax, bytesMax }, meet)) {
    if (fatal !== undefined) break;
    await dispatch(batch);
  }
  while (fatal === undefined && (settling.size > 0 || failed.length > 0)) {
    await Promise.all(settling);
    const again = failed.shift();
    if (again !== undefined && fatal === undefined) await repair(again.rows, again.error);
  }
  if (fatal !== undefined) throw fatal;
  return { sent, known };
}

/** Rows of one transaction. One whose `_id` stood in the batch before is told of and left out. */
async function* batchesOf(rows: AsyncIterable<Row>, { rowsMax, bytesMax }: { rowsMax: number; bytesMax: number }, meet: (row: Row, there: Uint8Array) => void): AsyncGenerator<readonly Row[], void, void> {
  let batch = new Map<string, Row>();
  let bytes = 0;
  for await (const row of rows) {
    const key = String.fromCharCode(...row.key);
    const before = batch.get(key);
    if (before !== undefined) {
      meet(row, before.bytes);
      continue;
    }
    if (batch.size === rowsMax || bytes + row.bytes.length > bytesMax) {
      yield [...batch.values()];
      batch = new Map();
      bytes = 0;
    }
    batch.set(key, row);
    bytes += row.bytes.length;
  }
  if (batch.size > 0) yield [...batch.values()];
}

function bytesOf(record: Uint8Array): Uint8Array {
  const encoded = encodeDocument(documentFromRecord(record).document);
  return encoded.ok ? encoded.value : new Uint8Array();
}
