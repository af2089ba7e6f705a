import { join } from 'node:path';
import type { Node } from '@vsys/node';
import { sequenceKey, numberFromRecord } from '@vsys/transaction';
import { BARE_STEPS, type BareStep, openBareSteps } from '../bare-steps.ts';
import type { BenchRun } from '../bench.ts';
import { startBenchNode } from '../bench-node.ts';
import { median } from '../median.ts';
import { numberOption } from '../options.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { createTransferLoad, type TransferLoad } from '../transfer-load.ts';

const BATCH = 500;
/** Calls of `submit` under way: while the signatures of one are checked, others are decoded. */
const CALLS = 4;
const BLOCK = 1_000;
/** The sender waits for blocks above it, as one who is told that the pool is full. */
const WAITING_MAX = 20_000;

/** One node against the bare steps of its work, in turns: what part of the ceiling a whole node reaches. */
export const runPipeline: BenchRun = async (options, print) => {
  const [rounds, perRound, accounts, periodMs] = ['rounds', 'transactions', 'accounts', 'period'].map((name) => numberOption(options, name)) as [number, number, number, number];
  await using folder = await createTemporaryFolder();
  const load = createTransferLoad(accounts, periodMs);
  await using bare = await openBareSteps(join(folder.path, 'bare'), load.accounts.map(({ account }) => account));
  await using running = await startBenchNode(join(folder.path, 'node'), load);
  const { node } = running;
  const steps: Record<BareStep, number>[] = [];
  const withWorker: number[] = [];
  const nodeRates: number[] = [];
  const nodeCpuUs: number[] = [];
  // The first round warms both up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const transactions = load.next(perRound);
    const blocks = Array.from({ length: Math.ceil(perRound / BLOCK) }, (_, i) => transactions.slice(i * BLOCK, (i + 1) * BLOCK));
    globalThis.gc?.();
    const inTurn = await bare.inTurn(blocks);
    const rate = await bare.withWorker(blocks);
    globalThis.gc?.();
    const before = process.cpuUsage();
    const startMs = performance.now();
    const blockCount = await commit(node, transactions);
    const seconds = (performance.now() - startMs) / 1_000;
    const { user, system } = process.cpuUsage(before);
    await assertCommitted(node, load, (round + 1) * perRound);
    const cpuUs = (user + system) / perRound;
    print(`round ${round}: node ${Math.round(perRound / seconds)} tx/s in ${blockCount} blocks with ${cpuUs.toFixed(0)} µs of processor time each; bare with a worker ${Math.round(rate)} tx/s, in turn ${sum(inTurn).toFixed(0)} µs`);
    if (round === 0) continue;
    steps.push(inTurn);
    withWorker.push(rate);
    nodeRates.push(perRound / seconds);
    nodeCpuUs.push(cpuUs);
  }
  const ceilingUs = median(steps.map(sum));
  const ratio = median(nodeRates) / median(withWorker);
  return {
    rows: [
      ...BARE_STEPS.map((step) => ({ 'bare step': step, 'CPU µs/tx': median(steps.map((one) => one[step])) })),
      { 'bare step': 'sum', 'CPU µs/tx': ceilingUs },
      { what: 'ceiling of one core, 1 / sum', 'tx/s': 1e6 / ceilingUs, 'CPU µs/tx': ceilingUs },
      { what: 'bare steps, signatures in a worker', 'tx/s': median(withWorker), 'CPU µs/tx': '' },
      { what: 'node, signatures in a worker', 'tx/s': median(nodeRates), 'CPU µs/tx': median(nodeCpuUs) },
      { what: 'node ÷ bare steps, both with a worker', ratio },
      { what: 'processor time of bare steps ÷ node', ratio: ceilingUs / median(nodeCpuUs) },
      { what: 'node with a worker ÷ ceiling of one core', ratio: (median(nodeRates) * ceilingUs) / 1e6 },
    ],
    goals: [{ metric: 'ratio', figure: ratio, unit: 'ratio', goal: { least: 0.6 } }],
  };
};

/** Submits all, and waits until all are final. Returns the number of blocks that it took. */
async function commit({ chain }: Node, transactions: readonly Uint8Array[]): Promise<number> {
  const from = chain.head.height;
  let moved = Promise.withResolvers<void>();
  const stop = chain.listen(({ kind }) => {
    if (kind !== 'final' && kind !== 'head') return;
    moved.resolve();
    moved = Promise.withResolvers();
  });
  let at = 0;
  const caller = async (): Promise<void> => {
    while (at < transactions.length) {
      const batch = transactions.slice(at, at + BATCH);
      at += BATCH;
      const refused = (await chain.submit(batch)).find((verdict) => !verdict.ok);
      if (refused !== undefined && !refused.ok) throw new Error(`a transfer was refused: ${refused.message}`);
      while (chain.pool.size > WAITING_MAX) await moved.promise;
    }
  };
  await Promise.all(Array.from({ length: CALLS }, caller));
  while (chain.pool.size > 0) await moved.promise;
  const last = chain.head.height;
  while (chain.final.height < last) await moved.promise;
  stop();
  return last - from;
}

/** The sequences of all senders, as the final state has them, add up to what was sent. */
async function assertCommitted({ chain }: Node, { accounts }: TransferLoad, sent: number): Promise<void> {
  const final = await chain.stateAt(chain.final.height);
  const sequences = await final?.view.getMany(accounts.map(({ account }) => sequenceKey(account, 0)));
  const committed = (sequences ?? []).reduce((total, record) => total + Number(numberFromRecord(record)), 0);
  if (committed !== sent) throw new Error(`${sent} transfers were sent, ${committed} are final`);
}

function sum(steps: Record<BareStep, number>): number {
  return BARE_STEPS.reduce((total, step) => total + steps[step], 0);
}
