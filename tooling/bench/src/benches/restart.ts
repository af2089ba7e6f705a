import { join } from 'node:path';
import { toHex } from '@vsys/primitives';
import { createCaller } from '@vsys/rpc/client';
import type { BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { keepChain } from '../build-chain.ts';
import { CHAINS_FOLDER } from '../chains-folder.ts';
import { COLLECTION, countryOf, documentBlocks, documentsDatabase } from '../documents-chain.ts';
import { median } from '../median.ts';
import { freePorts, type NodeFolder, writeNodeFolder } from '../node-folder.ts';
import { profileArgs, startNodeProcess } from '../node-process.ts';
import { BenchError, numberOption } from '../options.ts';

/** Queries after a start, so that memory is measured of a node that answers, not of one that has just opened its files. */
const QUERIES = 2_000;

/** A node process over a database of many documents with three indexes: how long until it is ready after a stop and after SIGKILL, and its memory. */
export const runRestart: BenchRun = async (options, print) => {
  const documents = numberOption(options, 'documents');
  const rounds = numberOption(options, 'rounds');
  const owner = benchSigner('owner');
  const chain = await keepChain({ name: `restart-${documents}`, funded: ['owner'], keptIn: options['chains'] ?? CHAINS_FOLDER, print, blocks: (id) => documentBlocks(id, owner, documents) });
  const [p2pPort, rpcPort] = (await freePorts(2)) as [number, number];
  const node = await writeNodeFolder(join(chain.folder, 'node'), { specFile: '../chain.json', name: 'restart', p2pPort, rpcPort, peers: [] });
  const query = { database: toHex(documentsDatabase(owner)), collection: COLLECTION };
  const starts: Record<'stop' | 'kill', Started[]> = { stop: [], kill: [] };
  for (let round = 0; round < rounds; round++) {
    // How the one before ended decides what this one finds: the first stop is not counted, whatever was there before it.
    for (const end of ['stop', 'kill'] as const) {
      await startAndUse(node, documents, query, end, {});
      const started = await startAndUse(node, documents, query, 'stop', profileArgs(options['profile'], `after-${end}-${round}`));
      print(`ready ${Math.round(started.readyMs)} ms after a ${end}; ${Math.round(started.readyMb)} MB then, ${Math.round(started.usedMb)} MB after ${QUERIES} queries`);
      starts[end].push(started);
    }
  }
  const figure = (end: 'stop' | 'kill', what: keyof Started): number => median(starts[end].map((one) => one[what]));
  const all = [...starts.stop, ...starts.kill];
  const readyMs = Math.max(figure('stop', 'readyMs'), figure('kill', 'readyMs'));
  const usedMb = median(all.map((one) => one.usedMb));
  return {
    rows: [
      ...(['stop', 'kill'] as const).map((end) => ({ 'start after': end, 'ready ms': figure(end, 'readyMs'), 'MB when ready': figure(end, 'readyMb'), 'MB after queries': figure(end, 'usedMb'), 'processor ms': figure(end, 'processorMs') })),
      { what: 'made the chain', value: chain.buildMs / 1_000, unit: 's' },
      { what: 'per document with three indexes', value: (chain.buildMs * 1_000) / documents, unit: 'µs' },
    ],
    goals: [
      { metric: 'ready', figure: readyMs / 1_000, unit: 's', goal: { most: 2 } },
      { metric: 'memory', figure: usedMb, unit: 'MB', goal: { most: 500 } },
    ],
  };
};

interface Started {
  readonly readyMs: number;
  readonly processorMs: number;
  readonly readyMb: number;
  readonly usedMb: number;
}

async function startAndUse(folder: NodeFolder, documents: number, query: { readonly database: string; readonly collection: string }, end: 'stop' | 'kill', start: Parameters<typeof startNodeProcess>[1]): Promise<Started> {
  const node = await startNodeProcess(folder, start);
  const processorMs = await node.processorMs();
  const readyMb = await node.residentMb();
  const call = createCaller({ url: node.url });
  for (let i = 0; i < Math.min(QUERIES, documents); i++) {
    const at = (i * 7_919) % documents;
    const byKey = { ...query, filter: { _id: { $numberLong: String(at) } } };
    const byIndex = { ...query, filter: { country: countryOf(at) }, sort: [{ path: 'population', direction: -1 as const }], limit: 5 };
    await call('db_find', { query: (i % 2 === 0 ? byKey : byIndex) as never });
  }
  const found = await call('db_documents', { query: { ...query, filter: { _id: { $numberLong: String(documents - 1) } } } as never });
  if (found.documents.length !== 1) throw new BenchError('BENCH_FAILED', 'the newest document is not there after a start');
  const usedMb = await node.residentMb();
  await (end === 'kill' ? node.kill() : node.stop());
  return { readyMs: node.readyMs, processorMs, readyMb, usedMb };
}
