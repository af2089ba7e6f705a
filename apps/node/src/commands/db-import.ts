import type { Command } from 'commander';
import { payloadBytesMax } from '@vsys/client/cost';
import { accountToHex } from '@vsys/crypto';
import { collectionFromRecord, collectionKey, type CollectionRecord, databaseFromRecord, databaseKey } from '@vsys/database/layout';
import { type DatabaseId } from '@vsys/database/ops';
import { equalBytes } from '@vsys/primitives';
import { ClientError } from '@vsys/rpc/client';
import { AppError } from '../app-error.ts';
import { clientOf, type OpenClient } from '../client-options.ts';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { importRows } from '../import-rows.ts';
import { printJson, printRows, say } from '../output.ts';
import { createProgress } from '../progress.ts';
import { type BadRow, checkRow, rawRows, type Row, rowOf, type RowTarget } from '../read-rows.ts';
import { wholeNumber } from '../read-value.ts';
import { createSender } from '../send-operations.ts';
import { plural, provenAt } from '../shown.ts';
import { signerOf } from '../signer-options.ts';

interface ImportFlags {
  readonly id?: string;
  readonly batch: number;
  readonly skipBad?: boolean;
  readonly json?: boolean;
}

const BATCH_DEFAULT = 100;
const BATCH_MAX = 1_000;
/** Bad rows that are told one by one. */
const BAD_SHOWN_MAX = 20;
/** Beside the documents of an insert: what names the collection. */
const INSERT_HEAD_BYTES = 96;

/** `vsys db import DATABASE COLLECTION FILE`. */
export function addDbImport(group: Command): void {
  addDatabaseOptions(group.command('import').description('store the rows of a file; run again, it goes on where it stopped')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<file>', 'JSON or Extended JSON: one document on each line, or one array'))
    .option('--id <field>', 'take this field for _id; a row without an _id is given one of its number and content')
    .option('--batch <rows>', 'rows of one transaction', wholeNumber(1, BATCH_MAX), BATCH_DEFAULT)
    .option('--skip-bad', 'leave out rows that cannot be stored, in place of stopping before anything is sent')
    .option('--json', 'as JSON')
    .action(runImport);
}

async function runImport(named: string, collection: string, file: string, { id: idField, batch, skipBad = false, json }: ImportFlags, command: Command): Promise<void> {
  const signer = await signerOf(command);
  using open = await clientOf(command);
  const { client, trust: { spec } } = open;
  const database = await databaseOf(command, named, spec);
  const target: RowTarget = { database, collection: await collectionOf(open, database, named, collection, signer.account), idField };
  const bad = createBadRows(file);
  const rows = await check(file, target, bad);
  if (bad.count > 0 && !skipBad) throw bad.error('nothing was sent');
  const query = { database, collection, filter: new Map() };
  const before = await client.count(query);
  if (before.count > 0n) say(`${plural(before.count, 'document is', 'documents are')} there already, ${provenAt(before.block)}: rows among them are passed over`);
  const sender = await createSender({ client, spec, signer });
  const progress = createProgress({ what: 'import', unit: 'rows', total: rows });
  bad.printTo(progress.print);
  const stopped = (): never => {
    progress.stop();
    say('Stopped. What is in blocks is kept; the same command goes on behind it.');
    process.exit(130);
  };
  process.once('SIGINT', stopped);
  try {
    let settled = 0;
    const { sent, known } = await importRows(goodRows(file, target, bad), {
      client, sender, database, collection, rowsMax: batch, bytesMax: payloadBytesMax(spec) - INSERT_HEAD_BYTES, lookFirst: before.count > 0n,
      onSettled: (count) => progress.update(settled += count), onBad: bad.add,
    });
    progress.stop();
    const after = await client.count(query);
    if (json) printJson({ tier: 'proven', rows: rows + bad.atFirst, sent, known, bad: bad.count, stored: after.count - before.count, documents: after.count, block: after.block });
    else {
      printRows([
        ['rows', `${rows + bad.atFirst}: ${known} were there, ${bad.count} left out`],
        ['sent', `${sent} sent, ${after.count - before.count} stored`],
        ['documents', `${after.count} in the collection, ${provenAt(after.block, after.proofBytes)}`],
      ]);
    }
    if (after.count - before.count < BigInt(sent)) throw new AppError('REFUSED', `${sent} rows were sent, and the count grew by ${after.count - before.count}: a block was undone, or somebody deletes; run the same command again`);
    if (bad.count > 0 && !skipBad) throw bad.error('the others are stored');
  } finally {
    progress.stop();
    process.off('SIGINT', stopped);
  }
}

async function* goodRows(file: string, target: RowTarget, bad: BadRows): AsyncGenerator<Row, void, void> {
  for await (const raw of rawRows(file)) {
    if (bad.numbers.has(raw.number)) continue;
    const row = rowOf(raw, target);
    if (row === undefined) throw new AppError('DATA_FILE', `${file} was changed while it was read; run the command again`);
    yield row;
  }
}

/** Reads all rows once before anything is sent. @returns how many are good */
async function check(file: string, target: RowTarget, bad: BadRows): Promise<number> {
  let good = 0;
  for await (const raw of rawRows(file)) {
    const wrong = checkRow(raw, target);
    if (wrong === undefined) good += 1;
    else bad.add(wrong);
  }
  bad.endFirst();
  return good;
}

interface BadRows {
  readonly count: number;
  readonly numbers: ReadonlySet<number>;
  /** Those found before anything was sent. */
  readonly atFirst: number;
  readonly add: (bad: BadRow) => void;
  endFirst(): void;
  /** Where further ones are told, in place of stderr itself. */
  printTo(print: (line: string) => void): void;
  error(outcome: string): AppError;
}

function createBadRows(file: string): BadRows {
  let print: (line: string) => void = say;
  let first: BadRow | undefined;
  const numbers = new Set<number>();
  let atFirst = 0;
  const textOf = ({ number, line, field, code, message }: BadRow): string => `row ${number}, line ${line}${field === undefined ? '' : `, field ${field}`}: ${message} [${code}]`;
  return {
    numbers,
    get count() { return numbers.size; },
    get atFirst() { return atFirst; },
    add(bad) {
      first ??= bad;
      numbers.add(bad.number);
      if (numbers.size <= BAD_SHOWN_MAX) print(textOf(bad));
      else if (numbers.size === BAD_SHOWN_MAX + 1) print('further bad rows are counted only');
    },
    endFirst() { atFirst = numbers.size; },
    printTo(to) { print = to; },
    error: (outcome) => new AppError('DATA_ROW', `${plural(numbers.size, 'row')} of ${file} cannot be stored, and ${outcome}; the first is ${first === undefined ? 'unknown' : textOf(first)}; correct the file, or leave such rows out with --skip-bad`),
  };
}

/** What the collection is, proven; refuses what the chain would refuse for every single row. */
async function collectionOf({ client, trust: { spec } }: OpenClient, database: DatabaseId, named: string, collection: string, account: Uint8Array): Promise<CollectionRecord> {
  const { values: [databaseRecord, record], block } = await client.values([databaseKey(database), collectionKey(database, collection)]);
  if (databaseRecord === undefined) throw new ClientError('DB_NO_DATABASE', `there is no database "${named}" of this owner on chain "${spec.name}", ${provenAt(block)}`, { remedy: 'create it with vsys db create, or correct --owner or --key' });
  const { owner } = databaseFromRecord(databaseRecord);
  if (!equalBytes(owner, account)) throw new ClientError('DB_NOT_OWNER', `the database belongs to ${accountToHex(owner)}, and the key is of ${accountToHex(account)}`);
  const read = record === undefined ? undefined : collectionFromRecord(record);
  if (read?.name !== collection) throw new ClientError('DB_NO_COLLECTION', `there is no collection "${collection}" in the database, ${provenAt(block)}`, { remedy: 'create it with vsys db create-collection' });
  return read;
}
