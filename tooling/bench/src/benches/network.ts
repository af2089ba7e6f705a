import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chainId, chainSpecToJson, headerFromBytes } from '@vsys/data-format';
import { createCaller } from '@vsys/rpc/client';
import type { BenchRun } from '../bench.ts';
import { benchSigner, createBenchSpec, SLOT_MS } from '../bench-chain.ts';
import { followHeads, type SeenHeads } from '../follow-heads.ts';
import { type Load, sendLoad } from '../send-load.ts';
import { freePorts, type NodeFolder, writeNodeFolder } from '../node-folder.ts';
import { type NodeProcess, profileArgs, startNodeProcess } from '../node-process.ts';
import { BenchError, numberOption } from '../options.ts';
import { signTransfers } from '../signed-transfers.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const NODES = 4;
/** Left out at the beginning, while code is compiled and caches fill. */
const WARM_MS = 5_000;
const DRAIN_MS_MAX = 60_000;

/** Four processes with a seat each; transfers signed beforehand go to all four over RPC. What counts is what stands in the blocks. */
export const runNetwork: BenchRun = async (options, print) => {
  const rate = numberOption(options, 'rate');
  const seconds = numberOption(options, 'seconds');
  const senders = Array.from({ length: numberOption(options, 'senders') }, (_, i) => benchSigner(`sender ${i}`));
  const seats = Array.from({ length: NODES }, (_, i) => benchSigner(`seat ${i}`));
  // A second back, so that the first slot is not already over when the nodes are up.
  const genesisTimeMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS - SLOT_MS;
  const spec = createBenchSpec({ genesisTimeMs, seats, funded: senders });
  const count = rate * seconds;
  print(`signing ${count} transfers of ${senders.length} senders …`);
  const transfers = signTransfers(chainId(spec), senders, count);
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(await createTemporaryFolder()).path;
  await writeFile(join(folder, 'chain.json'), chainSpecToJson(spec));
  const nodes = await Promise.all((await nodeFolders(folder)).map(async (one, i) => {
    const node = await startNodeProcess(one, profileArgs(options['profile'], `node-${i}`));
    undo.defer(() => node.stop());
    return node;
  }));
  await waitForPeers(nodes);
  const heads = await Promise.all(nodes.map((node) => followHeads(node.url)));
  for (const one of heads) undo.defer(() => one.close());
  print(`four nodes are up; sending ${rate} transfers a second for ${seconds} s …`);
  const warm = Math.min(transfers.length, Math.ceil((rate * WARM_MS) / 1_000));
  const send = (some: readonly Uint8Array[]): Promise<Load> => sendLoad({ urls: nodes.map(({ url }) => url), transfers: some, rate, waitingMax: numberOption(options, 'waiting'), print });
  await send(transfers.slice(0, warm));
  const before = await Promise.all(nodes.map((node) => node.processorMs()));
  const load = await send(transfers.slice(warm));
  const after = await Promise.all(nodes.map((node) => node.processorMs()));
  await drain(nodes);
  const resident = await Promise.all(nodes.map((node) => node.residentMb()));
  const reorgs = await Promise.all(nodes.map((node) => node.metric('vsys_reorgs_total')));
  const blocks = await readBlocks(nodes, transfers);
  const result = measure(blocks, load, heads, warm);
  const processorUs = after.map((ms, i) => ((ms - (before[i] as number)) * 1_000) / (transfers.length - warm));
  return {
    rows: [
      { what: 'sent', value: load.sentPerSecond, unit: 'tx/s' }, { what: 'committed', value: result.perSecond, unit: 'tx/s' },
      { what: 'time to inclusion p50', value: result.p50Ms, unit: 'ms' }, { what: 'time to inclusion p95', value: result.p95Ms, unit: 'ms' },
      { what: 'blocks measured', value: result.blocks, unit: '' }, { what: 'slots without a block', value: result.emptySlots, unit: '' }, { what: 'transactions in a block, most', value: result.largest, unit: '' },
      { what: 'reorganisations, most of a node', value: Math.max(...reorgs), unit: '' },
      { what: 'all nodes: processor per transaction', value: processorUs.reduce((sum, one) => sum + one), unit: 'µs' },
      ...nodes.map((_, i) => ({ what: `node ${i + 1}: processor per transaction`, value: processorUs[i] as number, unit: 'µs' })),
      ...nodes.map((_, i) => ({ what: `node ${i + 1}: resident memory`, value: resident[i] as number, unit: 'MB' })),
    ],
    goals: [{ metric: 'committed', figure: result.perSecond, unit: 'tx/s', goal: { least: 2_000 } }],
  };
};

async function nodeFolders(folder: string): Promise<NodeFolder[]> {
  const ports = await freePorts(2 * NODES);
  const p2pPorts = ports.slice(0, NODES);
  return Promise.all(p2pPorts.map((p2pPort, i) => writeNodeFolder(join(folder, `node-${i + 1}`), {
    specFile: '../chain.json', name: `network ${i}`, seat: `seat ${i}`, p2pPort, rpcPort: ports[NODES + i] as number,
    peers: p2pPorts.filter((port) => port !== p2pPort).map((port) => `/ip4/127.0.0.1/tcp/${port}`),
  })));
}

async function waitForPeers(nodes: readonly NodeProcess[]): Promise<void> {
  for (const { url } of nodes) while ((await createCaller({ url })('node_status', {})).peers < NODES - 1) await pause(50);
}

/** Until the pools are empty and all stand at the same head with the same state. */
async function drain(nodes: readonly NodeProcess[]): Promise<void> {
  const endMs = performance.now() + DRAIN_MS_MAX;
  for (;;) {
    const statuses = await Promise.all(nodes.map(({ url }) => createCaller({ url })('node_status', {})));
    if (statuses.every(({ pool }) => pool.transactions === 0) && new Set(statuses.map(({ head }) => `${head.id} ${head.stateRoot}`)).size === 1) return;
    if (performance.now() > endMs) throw new BenchError('BENCH_FAILED', `the nodes did not agree on an end: ${statuses.map(({ head, pool }) => `height ${head.height} with ${pool.transactions} waiting`).join('; ')}`);
    await pause(100);
  }
}

interface ReadBlock {
  readonly id: string;
  readonly timeMs: number;
  /** Which transfers it holds, by their place in the order sent. */
  readonly transfers: readonly number[];
}

/** All blocks of the chain, with every transfer found once. */
async function readBlocks(nodes: readonly NodeProcess[], transfers: readonly Uint8Array[]): Promise<ReadBlock[]> {
  const places = new Map(transfers.map((bytes, i) => [Buffer.from(bytes).toString('base64'), i]));
  const call = createCaller({ url: (nodes[0] as NodeProcess).url });
  const { head } = await call('chain_info', {});
  const blocks: ReadBlock[] = [];
  for (let height = 1; height <= head.height; height++) {
    const block = await call('chain_block', { height });
    const found = block.transactions.map((text) => places.get(text));
    for (const text of block.transactions) places.delete(text);
    if (found.includes(undefined)) throw new BenchError('BENCH_FAILED', `block ${height} holds a transaction that was not sent, or twice`);
    blocks.push({ id: block.block.id, timeMs: headerTimeMs(block.header), transfers: found as number[] });
  }
  if (places.size > 0) throw new BenchError('BENCH_FAILED', `${places.size} transfers that a node took are in no block`);
  return blocks;
}

function measure(blocks: readonly ReadBlock[], load: Load, heads: readonly SeenHeads[], warm: number): { perSecond: number; p50Ms: number; p95Ms: number; blocks: number; emptySlots: number; largest: number } {
  const measured = blocks.filter(({ timeMs }) => timeMs >= load.startedAtMs && timeMs <= load.endedAtMs);
  const first = measured[0];
  const last = measured.at(-1);
  if (first === undefined || last === undefined || first === last) throw new BenchError('BENCH_USAGE', `--seconds: ${WARM_MS / 1_000} s are for warming up; give more`);
  const later = measured.slice(1);
  const spanMs = last.timeMs - first.timeMs;
  const waits: number[] = [];
  for (const { id, transfers } of later) for (const at of transfers) if (at >= warm) waits.push((heads[load.nodeOf(at - warm)]?.seenAtMs.get(id) as number) - load.sentAtMs(at - warm));
  const sorted = Float64Array.from(waits).sort();
  return {
    perSecond: (later.reduce((sum, { transfers }) => sum + transfers.length, 0) * 1_000) / spanMs, p50Ms: sorted[Math.floor(sorted.length * 0.5)] as number, p95Ms: sorted[Math.floor(sorted.length * 0.95)] as number,
    blocks: later.length, emptySlots: Math.round(spanMs / SLOT_MS) - later.length, largest: Math.max(...later.map(({ transfers }) => transfers.length)),
  };
}

function headerTimeMs(base64: string): number {
  const header = headerFromBytes(new Uint8Array(Buffer.from(base64, 'base64')));
  if (!header.ok) throw new BenchError('BENCH_FAILED', header.message);
  return header.value.timeMs;
}
