import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@vsys/primitives';
import { answerQuery, answerToJson, queryToJson, type Query } from '@vsys/database-query';
import { documentPrefix, indexPrefix } from '@vsys/database/layout';
import type { BenchGoal, BenchReport, BenchRow, BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { launchChromium, NO_CHROMIUM } from '../chromium.ts';
import { COLLECTION, countryOf, documentsDatabase, INDEXES } from '../documents-chain.ts';
import { countryQuery, type DocumentsHere, idQuery, openDocumentsHere } from '../documents-here.ts';
import { openDocumentsPostgres, postgresBytes } from '../documents-postgres.ts';
import { type DocumentsSide, RANGE_ROWS, type Spent } from '../documents-sides.ts';
import { median } from '../median.ts';
import { BenchError, numberOption, numbersOption } from '../options.ts';
import { pageScript } from '../page-script.ts';
import { type Postgres, startPostgres } from '../postgres.ts';
import { type ProvenAnswer, verifyAnswers } from '../proof-page.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** Blocks that one side inserts before the other has its turn. */
const BLOCKS_PER_TURN = 5;
/** Turns of each kind of reads and updates, the medians of which are compared. */
const TURNS = 5;
const PROVEN = 50;
const VERIFY_ROUNDS = 10;
const SAMPLE_ROWS = 2_000;
/** Of each country there are documents enough for a range. */
const DOCUMENTS_MIN = 250 * RANGE_ROWS;

/** Documents with three indexes on a chain and in PostgreSQL, in turns: inserts, reads, updates; proofs, and bytes stored. */
export const runDocuments: BenchRun = async (options, print) => {
  const sizes = numbersOption(options, 'documents');
  if (sizes.some((documents) => documents < DOCUMENTS_MIN)) throw new BenchError('BENCH_USAGE', `--documents: ranges of ${RANGE_ROWS} need ${DOCUMENTS_MIN} documents at least`);
  const [perBlock, reads, updates] = ['block', 'reads', 'updates'].map((name) => numberOption(options, name)) as [number, number, number];
  const reports: BenchReport[] = [];
  for (const documents of sizes) reports.push(await measure({ documents, perBlock, reads, updates, print, peer: options['peer'] !== 'none' }));
  // Tables of one kind stand together, so that growth is read down a column.
  return { rows: reports.flatMap(({ rows }) => rows).toSorted((a, b) => kindOf(a) - kindOf(b)), goals: reports.flatMap(({ goals }) => goals) };
};

const KINDS = ['what', 'proof of', 'stored'];
const kindOf = (row: BenchRow): number => KINDS.findIndex((kind) => kind in row);

interface Plan {
  readonly documents: number;
  readonly perBlock: number;
  readonly reads: number;
  readonly updates: number;
  readonly peer: boolean;
  readonly print: (line: string) => void;
}

async function measure({ documents, perBlock, reads, updates, peer, print }: Plan): Promise<BenchReport> {
  await using undo = new AsyncDisposableStack();
  const { path } = undo.use(await createTemporaryFolder());
  const postgres = peer ? await startPostgres(join(path, 'postgres')) : undefined;
  if (postgres !== undefined) undo.use(postgres);
  print(postgres === undefined ? (peer ? 'there is no PostgreSQL (Debian: apt-get install postgresql): the comparison is skipped' : 'PostgreSQL was not asked for') : `PostgreSQL ${postgres.version}, its own settings, over a socket of the system`);
  const here = undo.use(await openDocumentsHere(join(path, 'chain')));
  const there = postgres === undefined ? undefined : await openDocumentsPostgres(postgres);

  const inserted = await insertAll({ here, there }, documents, perBlock, print);
  const last = inserted.slice(-Math.ceil(inserted.length / 10));
  const ids = scattered(documents);
  const compared = async (count: number, work: (side: DocumentsSide, from: number) => Promise<Spent>): Promise<Turn[]> => {
    // The first turn warms both up.
    const turns: Turn[] = [];
    for (let turn = 0; turn <= TURNS; turn++) {
      const measured = { count, here: await work(here, turn * count), there: there === undefined ? undefined : await work(there, turn * count) };
      if (turn > 0) turns.push(measured);
    }
    return turns;
  };
  const gets = await compared(reads, (side, from) => side.get(ids(from, reads)));
  const ranges = await compared(reads, (side, from) => side.range(ids(from, reads).map(countryOf)));
  const rows: BenchRow[] = [];
  const goals: BenchGoal[] = [];
  const add = (what: string, turns: readonly Turn[], total: boolean, goal?: { readonly metric: string; readonly least: number }): void => {
    const { row, ratio } = rowOf(what, documents, turns, total);
    rows.push(row);
    print(`${documents} documents: ${what}: ${row['µs']} µs${ratio === undefined ? '' : `, ${ratio.toFixed(2)} times the rate of PostgreSQL`}`);
    if (goal !== undefined && ratio !== undefined) goals.push({ metric: `${goal.metric}-${documents}`, figure: ratio, unit: 'ratio', goal: { least: goal.least } });
  };
  add('insert', inserted, true, { metric: 'insert', least: 0.5 });
  add('insert, last tenth', last, true);
  add('get by _id', gets, false, { metric: 'get', least: 5 });
  add(`range of ${RANGE_ROWS}`, ranges, false, { metric: 'range', least: 1.5 });
  const proofs = await measureProofs(here, documents, ids, print);
  const stored = await measureStored(here, postgres, documents);
  // Last, as they change what the others read.
  add('durable update of one', await compared(updates, (side, from) => side.update(ids(from, updates))), false);
  return { rows: [...rows, ...proofs, ...stored], goals };
}

/** What both sides spent on the same work, one after the other. */
interface Turn {
  readonly count: number;
  readonly here: Spent;
  readonly there: Spent | undefined;
}

async function insertAll({ here, there }: { readonly here: DocumentsSide; readonly there: DocumentsSide | undefined }, documents: number, perBlock: number, print: (line: string) => void): Promise<Turn[]> {
  const turns: Turn[] = [];
  let toldMs = performance.now();
  for (let at = 0; at < documents;) {
    const batches: number[] = [];
    const first = at;
    for (; batches.length < BLOCKS_PER_TURN && at < documents; at += batches.at(-1) as number) batches.push(Math.min(perBlock, documents - at));
    turns.push({ count: at - first, here: await here.insert(first, batches), there: await there?.insert(first, batches) });
    if (performance.now() - toldMs < 10_000) continue;
    toldMs = performance.now();
    print(`  ${at} documents`);
  }
  return turns;
}

/** @param total - compare the sums, as for inserts whose cost grows; else the medians of the turns */
function rowOf(what: string, documents: number, turns: readonly Turn[], total: boolean): { readonly row: BenchRow; readonly ratio: number | undefined } {
  const figure = (of: (turn: Turn) => number): number => (total ? turns.reduce((sum, turn) => sum + of(turn), 0) / turns.reduce((sum, { count }) => sum + count, 0) : median(turns.map((turn) => of(turn) / turn.count)));
  const us = 1_000 * figure(({ here }) => here.ms);
  const cpuUs = 1_000 * figure(({ here }) => here.cpuMs);
  if (turns.some(({ there }) => there === undefined)) return { row: { what, documents, 'µs': us, 'CPU µs': cpuUs, 'per second': 1e6 / us }, ratio: undefined };
  const peerUs = 1_000 * figure(({ there }) => (there as Spent).ms);
  const peerCpuUs = 1_000 * figure(({ there }) => (there as Spent).cpuMs);
  return { row: { what, documents, 'µs': us, 'CPU µs': cpuUs, 'per second': 1e6 / us, 'PostgreSQL µs': peerUs, 'its CPU µs': peerCpuUs, 'its per second': 1e6 / peerUs, ratio: peerUs / us }, ratio: peerUs / us };
}

/** So many of the documents from a place on, in no order, all different while fewer than there are. */
function scattered(documents: number): (from: number, count: number) => number[] {
  return (from, count) => Array.from({ length: count }, (_, i) => ((from + i) * 7_919) % documents);
}

async function measureProofs(here: DocumentsHere, documents: number, ids: (from: number, count: number) => number[], print: (line: string) => void): Promise<BenchRow[]> {
  const view = await here.view();
  const script = await pageScript('./proof-page.ts');
  await using undo = new AsyncDisposableStack();
  const browser = await launchChromium();
  if (browser === undefined) print(NO_CHROMIUM);
  else undo.adopt(browser, (one) => one.close());
  const page = await browser?.newPage();
  await page?.addScriptTag({ content: script });
  const rows: BenchRow[] = [];
  for (const [what, queryOf, found] of [['one document', idQuery, 1], [`${RANGE_ROWS} along an index`, (id: number) => countryQuery(countryOf(id)), RANGE_ROWS]] as const) {
    const answers: ProvenAnswer[] = [];
    const bytes: number[] = [];
    const answerUs: number[] = [];
    for (const query of ids(0, PROVEN).map(queryOf) as Query[]) {
      const startMs = performance.now();
      const answer = await answerQuery(view, query);
      answerUs.push(1_000 * (performance.now() - startMs));
      if (!answer.ok) throw new BenchError('BENCH_FAILED', answer.message);
      const { collectionProof, rangeProof, documentsProof } = answer.value;
      bytes.push(collectionProof.length + rangeProof.length + documentsProof.length);
      answers.push({ root: toHex(view.root), query: queryToJson(query), answer: answerToJson(answer.value), documents: found });
    }
    const inPage = await page?.evaluate(([of, rounds]) => (globalThis as unknown as { verifyAnswers: typeof verifyAnswers }).verifyAnswers(of, rounds), [answers, VERIFY_ROUNDS] as const);
    rows.push({ 'proof of': what, documents, bytes: median(bytes), 'answer µs': median(answerUs), 'verify in Node µs': verifyAnswers(answers, VERIFY_ROUNDS), 'in Chromium µs': inPage ?? 'skipped' });
  }
  return rows;
}

async function measureStored(here: DocumentsHere, postgres: Postgres | undefined, documents: number): Promise<BenchRow[]> {
  const view = await here.view();
  const database = documentsDatabase(benchSigner('owner'));
  const sample = async (from: Uint8Array): Promise<number> => {
    const rows = await view.range({ from, limit: Math.min(SAMPLE_ROWS, documents) });
    return rows.reduce((sum, { key, value }) => sum + key.length + value.length, 0) / rows.length;
  };
  const row = (stored: string, bytes: number): BenchRow => ({ stored, documents, bytes });
  const entries = await Promise.all(INDEXES.map(async ({ name }, index) => row(`key and value of an entry of the index "${name}"`, await sample(indexPrefix(database, COLLECTION, index)))));
  const size = postgres === undefined ? undefined : await postgresBytes(postgres.client);
  return [
    row('key and value of a document', await sample(documentPrefix(database, COLLECTION))), ...entries,
    row('store on disk for each document and its three entries, with the tree and the journal of 1,000 blocks', (await folderBytes(here.folder.store)) / documents),
    row('block log on disk for each document', (await folderBytes(here.folder.log)) / documents),
    ...(size === undefined ? [] : [row('PostgreSQL: table for each document', size.table / documents), row('PostgreSQL: four indexes for each document', size.indexes / documents)]),
  ];
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  // Blocks of the disk, not lengths: files of the log are made longer than what is in them. What the store has deleted meanwhile is not there.
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).then((one) => (one.isFile() ? 512 * one.blocks : 0), () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
