import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { toHex } from '@vsys/primitives';
import type { BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { keepChain } from '../build-chain.ts';
import { CHAINS_FOLDER } from '../chains-folder.ts';
import { COLLECTION, documentsThenEmpty, documentsDatabase } from '../documents-chain.ts';
import { median } from '../median.ts';
import { freePorts, writeNodeFolder } from '../node-folder.ts';
import { startNodeProcess } from '../node-process.ts';
import { BenchError, numberOption } from '../options.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const COMMAND = fileURLToPath(new URL('../../../../apps/node/src/vsys.ts', import.meta.url));
const DOCUMENTS = 1_000;

/** `vsys db get`, a process each time, on a long chain: with the checkpoint of the command before, and following all headers from the spec on. */
export const runCheckpoint: BenchRun = async (options, print) => {
  const blocks = numberOption(options, 'blocks');
  const rounds = numberOption(options, 'rounds');
  const owner = benchSigner('owner');
  const chain = await keepChain({
    name: `checkpoint-${blocks}`, funded: ['owner'], keptIn: options['chains'] ?? CHAINS_FOLDER, print,
    blocks: (id) => documentsThenEmpty(id, owner, DOCUMENTS, blocks),
  });
  const [p2pPort, rpcPort] = (await freePorts(2)) as [number, number];
  const folder = await writeNodeFolder(join(chain.folder, 'node'), { specFile: '../chain.json', name: 'checkpoint', p2pPort, rpcPort, peers: [] });
  await using cache = await createTemporaryFolder();
  await using undo = new AsyncDisposableStack();
  const node = undo.adopt(await startNodeProcess(folder), (one) => one.stop());
  const get = async (...more: readonly string[]): Promise<number> => {
    const startMs = performance.now();
    const args = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', COMMAND, 'db', 'get', toHex(documentsDatabase(owner)), COLLECTION, String(DOCUMENTS - 1), '--url', node.url, '--spec', join(chain.folder, 'chain.json'), ...more];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, XDG_CACHE_HOME: cache.path } });
    if (!stdout.includes('"cityId"')) throw new BenchError('BENCH_FAILED', `the newest document is not shown: ${stdout}`);
    return performance.now() - startMs;
  };
  // Writes the checkpoint, and the compiled code of the command.
  await get();
  const times: Record<'with' | 'without', number[]> = { with: [], without: [] };
  for (let round = 0; round < rounds; round++) {
    times.without.push(await get('--no-cache'));
    times.with.push(await get());
    print(`without ${Math.round(times.without.at(-1) as number)} ms, with ${Math.round(times.with.at(-1) as number)} ms`);
  }
  const [withMs, withoutMs] = [median(times.with), median(times.without)];
  return {
    rows: [
      { what: 'blocks', value: blocks, unit: '' },
      { what: 'vsys db get, from the spec on', value: withoutMs, unit: 'ms' },
      { what: 'vsys db get, from a checkpoint', value: withMs, unit: 'ms' },
      { what: 'without ÷ with', value: withoutMs / withMs, unit: 'ratio' },
      { what: 'saved per block', value: ((withoutMs - withMs) * 1_000) / blocks, unit: 'µs' },
    ],
    goals: [],
  };
};
