import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createRouter } from '@vsys/container';
import { genesisWrites } from '@vsys/consensus';
import { createInlineVerifier } from '@vsys/crypto';
import { chainId, type ChainSpec } from '@vsys/data-format';
import { createDatabaseContainer } from '@vsys/database';
import { invariant } from '@vsys/primitives';
import { createCaller } from '@vsys/rpc/client';
import { createState } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';
import { checkEnvelope, checkSignatures, createCoinContainer, executeBlock } from '@vsys/transaction';
import type { BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { keepChain } from '../build-chain.ts';
import { CHAINS_FOLDER } from '../chains-folder.ts';
import { freePorts, writeNodeFolder } from '../node-folder.ts';
import { type NodeProcess, profileArgs, startNodeProcess } from '../node-process.ts';
import { numberOption } from '../options.ts';
import { signTransfers } from '../signed-transfers.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const SENDERS = 400;
/** Of the ceiling: so many blocks tell it. */
const CEILING_BLOCKS = 20;
const PROGRESS_MS = 5_000;

/** A new node, a process, joins the chain of another over libp2p on loopback, and has its head. */
export const runCatchup: BenchRun = async (options, print) => {
  const transactions = numberOption(options, 'transactions');
  const perBlock = numberOption(options, 'block');
  const words = Array.from({ length: SENDERS }, (_, i) => `sender ${i}`);
  const senders = words.map(benchSigner);
  const chain = await keepChain({
    name: `catchup-${transactions}-${perBlock}`, funded: words, keptIn: options['chains'] ?? CHAINS_FOLDER, print,
    *blocks(id) {
      for (let at = 0; at < transactions; at += perBlock) yield signTransfers(id, senders, Math.min(perBlock, transactions - at), at);
    },
  });
  const ceilingUs = await ceilingOf(chain.spec, Array.from({ length: Math.min(CEILING_BLOCKS, Math.ceil(transactions / perBlock)) }, (_, i) => signTransfers(chainId(chain.spec), senders, perBlock, i * perBlock)));
  await using folder = await createTemporaryFolder();
  const [p2pPort, rpcPort, p2pPortNew, rpcPortNew] = (await freePorts(4)) as [number, number, number, number];
  const serving = await writeNodeFolder(join(chain.folder, 'node'), { specFile: '../chain.json', name: 'serving', p2pPort, rpcPort, peers: [] });
  const joining = await writeNodeFolder(folder.path, { specFile: join(chain.folder, 'chain.json'), name: 'joining', p2pPort: p2pPortNew, rpcPort: rpcPortNew, peers: [serving.p2pAddress] });
  await using undo = new AsyncDisposableStack();
  const old = undo.adopt(await startNodeProcess(serving), (node) => node.stop());
  const { head } = await createCaller({ url: old.url })('node_status', {});
  const before = await old.processorMs();
  const startMs = performance.now();
  const fresh = undo.adopt(await startNodeProcess(joining, profileArgs(options['profile'], 'joining')), (node) => node.stop());
  const upMs = performance.now() - startMs;
  await waitForHead(fresh, head, print);
  const seconds = (performance.now() - startMs) / 1_000;
  const perSecond = transactions / seconds;
  const processorUs = { joining: ((await fresh.processorMs()) * 1_000) / transactions, serving: (((await old.processorMs()) - before) * 1_000) / transactions };
  return {
    rows: [
      { what: 'transactions, in blocks of', value: transactions, unit: String(perBlock) },
      { what: 'until the new node has the head', value: seconds, unit: 's' },
      { what: 'of that, until it is up', value: upMs / 1_000, unit: 's' },
      { what: 'caught up', value: perSecond, unit: 'tx/s' },
      { what: 'ceiling: check of signatures and execution, one after the other', value: 1e6 / ceilingUs, unit: 'tx/s' },
      { what: 'caught up ÷ ceiling', value: (perSecond * ceilingUs) / 1e6, unit: 'ratio' },
      { what: 'new node: processor per transaction', value: processorUs.joining, unit: 'µs' },
      { what: 'serving node: processor per transaction', value: processorUs.serving, unit: 'µs' },
      { what: 'new node: resident memory', value: await fresh.residentMb(), unit: 'MB' },
      { what: 'serving node: resident memory', value: await old.residentMb(), unit: 'MB' },
    ],
    goals: [],
  };
};

/** Microseconds per transaction of what cannot be left out: decode, signature, execution and the new root, in memory, on one thread. */
async function ceilingOf(spec: ChainSpec, blocks: readonly (readonly Uint8Array[])[]): Promise<number> {
  const router = createRouter([createCoinContainer(), createDatabaseContainer()]);
  const id = chainId(spec);
  const none = new Uint8Array(32);
  const admission = { chainId: id, limits: spec.limits, fees: spec.fees, router };
  const verifier = createInlineVerifier();
  const writes = genesisWrites(spec, router, { containers: [] });
  const state = await createState({ store: createMemoryStore() });
  const base = state.view(state.base.root);
  invariant(writes.ok && base !== undefined, 'the genesis of a bench is written');
  let view = await state.fork(base, 0, writes.value);
  await state.flush(view);
  let startMs = performance.now();
  for (const [i, block] of blocks.entries()) {
    // The first blocks warm the code up.
    if (i === Math.floor(blocks.length / 4)) startMs = performance.now();
    const checked = block.map((bytes) => {
      const one = checkEnvelope(admission, bytes);
      invariant(one.ok, 'a bench sends what is admitted');
      return one.value;
    });
    const refused = (await checkSignatures(verifier, checked)).find((one) => one !== undefined);
    const done = await executeBlock({ router, fees: spec.fees, blockGasMax: spec.limits.blockGasMax }, view, { chainId: id, height: i + 1, timeMs: 0, parent: none }, checked, { skip: false });
    invariant(refused === undefined && done.ok, 'a bench sends what is valid');
    view = await state.fork(view, i + 1, done.value.writes);
  }
  const measured = blocks.slice(Math.floor(blocks.length / 4)).reduce((sum, block) => sum + block.length, 0);
  return ((performance.now() - startMs) * 1_000) / measured;
}

async function waitForHead(node: NodeProcess, head: { readonly height: number; readonly id: string }, print: (line: string) => void): Promise<void> {
  const call = createCaller({ url: node.url, timeoutMs: 60_000 });
  let toldMs = performance.now();
  for (;;) {
    const status = await call('node_status', {});
    if (status.head.id === head.id) return;
    if (performance.now() - toldMs > PROGRESS_MS) {
      toldMs = performance.now();
      print(`  at block ${status.head.height} of ${head.height}`);
    }
    await pause(100);
  }
}
