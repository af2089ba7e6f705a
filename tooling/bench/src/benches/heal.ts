import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeFile } from 'node:fs/promises';
import { chainSpecToJson } from '@vsys/data-format';
import { createCaller } from '@vsys/rpc/client';
import { simulatedModule } from '@vsys/app-node/simulated-modules';
import type { Fault } from '@vsys/simulation';
import type { BenchGoal, BenchRow, BenchRun } from '../bench.ts';
import { benchSigner, createBenchSpec } from '../bench-chain.ts';
import { median } from '../median.ts';
import { freePorts, writeNodeFolder } from '../node-folder.ts';
import { startNodeProcess } from '../node-process.ts';
import { BenchError, numberOption } from '../options.ts';
import { simulatedRun } from '../simulated-run.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const SEATS = 4;
const HEAL_MS = 120_000;
const SEAL_MS_MAX = 60_000;

/** Two halves that do not hear each other for so long, in virtual time, and how long until all are one again; then a real process, from its start to its first block. */
export const runHeal: BenchRun = async (options, print) => {
  const chaosMs = 60_000 * numberOption(options, 'minutes');
  const periodMs = numberOption(options, 'slot');
  const rows: BenchRow[] = [];
  const goals: BenchGoal[] = [];
  for (const name of (options['modules'] ?? '').split(',')) {
    const healed: Healed[] = [];
    for (let seed = 1; seed <= numberOption(options, 'seeds'); seed++) healed.push(await heal(name, seed, periodMs, chaosMs));
    const figures = (of: (one: Healed) => number): number[] => healed.map(of);
    const oneHead = median(figures((one) => one.headSlots));
    const oneFinal = median(figures((one) => one.finalSlots));
    rows.push({ module: name, 'one head after slots': oneHead, 'at worst': Math.max(...figures((one) => one.headSlots)), 'a block made since final after slots': oneFinal, 'final at worst': Math.max(...figures((one) => one.finalSlots)) });
    print(`${name}: one head ${oneHead.toFixed(2)} slots after the healing, new blocks final after ${oneFinal.toFixed(2)}`);
    goals.push({ metric: `${name}-head`, figure: oneHead, unit: 'slots', goal: { most: 3 } });
  }
  const restarts: number[] = [];
  for (let round = 0; round < numberOption(options, 'rounds'); round++) restarts.push(await restartToSealing(print));
  rows.push({ what: 'restart after SIGKILL to the first block', value: median(restarts), unit: 's' });
  goals.push({ metric: 'restart-to-voting', figure: median(restarts), unit: 's', goal: { most: 5 } });
  return { rows, goals };
};

interface Healed {
  /** From the healing until all nodes had a block that was made since for their head, and until all held one final. */
  readonly headSlots: number;
  readonly finalSlots: number;
}

async function heal(name: string, seed: number, periodMs: number, chaosMs: number): Promise<Healed> {
  const faults: readonly Fault[] = [{ kind: 'cut', fromMs: 0, untilMs: chaosMs, sides: [[0, 1], [2, 3]], oneWay: false }];
  const { heads, finals, startMs } = await simulatedRun({ module: simulatedModule(name), seats: SEATS, periodMs, chaosMs, healMs: HEAL_MS, faults, seed });
  const healedMs = startMs + chaosMs;
  const everywhere = (seen: readonly { readonly node: number; readonly id: string; readonly atMs: number }[]): number => {
    const nodes = new Map<string, Set<number>>();
    for (const { id, node, atMs } of seen) {
      if (atMs < healedMs) continue;
      const held = nodes.get(id) ?? new Set();
      nodes.set(id, held.add(node));
      if (held.size === SEATS) return (atMs - healedMs) / periodMs;
    }
    throw new BenchError('BENCH_FAILED', `${name}: the halves did not meet in ${HEAL_MS / 1_000} s`);
  };
  return { headSlots: everywhere(heads), finalSlots: everywhere(finals.filter(({ madeAtMs }) => madeAtMs >= healedMs)) };
}

/** Seconds from the start of a process that was killed until a block that its only seat made since is there. */
async function restartToSealing(print: (line: string) => void): Promise<number> {
  await using undo = new AsyncDisposableStack();
  const { path } = undo.use(await createTemporaryFolder());
  await writeFile(join(path, 'chain.json'), chainSpecToJson(createBenchSpec({ genesisTimeMs: Math.floor(Date.now() / 1_000) * 1_000, seats: [benchSigner('seat 0')], funded: [] })));
  const [p2pPort, rpcPort] = (await freePorts(2)) as [number, number];
  const folder = await writeNodeFolder(join(path, 'node'), { specFile: '../chain.json', name: 'heal', seat: 'seat 0', p2pPort, rpcPort, peers: [] });
  const call = createCaller({ url: folder.rpcUrl });
  const heightOf = async (): Promise<number> => (await call('chain_info', {})).head.height;
  const reaches = async (height: number): Promise<void> => {
    const endMs = performance.now() + SEAL_MS_MAX;
    while ((await heightOf()) < height) {
      if (performance.now() > endMs) throw new BenchError('BENCH_FAILED', `the seat made no block in ${SEAL_MS_MAX / 1_000} s`);
      await pause(20);
    }
  };
  const first = await startNodeProcess(folder);
  await reaches(3).finally(() => first.kill());
  const startMs = performance.now();
  const second = await startNodeProcess(folder);
  undo.defer(() => second.stop());
  await reaches((await heightOf()) + 1);
  const seconds = (performance.now() - startMs) / 1_000;
  print(`ready ${Math.round(second.readyMs)} ms after its start, sealing after ${seconds.toFixed(2)} s (slots of a second)`);
  return seconds;
}
