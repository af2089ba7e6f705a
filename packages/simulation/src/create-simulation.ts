import { type Clock, compareBytes, createSeededRandom, type Logger, toHex } from '@vsys/primitives';
import { createSigner, type Signer } from '@vsys/crypto';
import type { ChainSpec } from '@vsys/data-format';
import type { Node } from '@vsys/node';
import { createMemoryNetwork } from '@vsys/p2p';
import { balanceKey, numberFromRecord } from '@vsys/transaction';
import { checkStateRoots, createJudge } from './create-judge.ts';
import { createSimDisk } from './sim-disk.ts';
import { createSimNode, type SimNode, type SimWorld } from './create-sim-node.ts';
import { createSimTime } from './sim-time.ts';
import { createTrace } from './trace.ts';
import { createWeather } from './create-weather.ts';
import { createWorkload } from './create-workload.ts';
import { drawFaults, FAULT_KINDS } from './draw-faults.ts';
import { describeFault, type Fault, type FaultKind, problemOfSchedule } from './fault.ts';
import { rememberSignatures } from './remember-signatures.ts';
import type { SimulatedModule } from './simulated-module.ts';
import type { Violation, ViolationKind } from './violation.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly module: SimulatedModule;
  /** Seats, each on a node of its own. Default: what the module says, else 4. */
  readonly nodes?: number;
  /** How long anything may go wrong. Default 30 seconds of virtual time. */
  readonly chaosMs?: number;
  /** How long it may take afterwards until all is well. Default 26 seconds of virtual time, and three periods for each block of the module's `reorgBound`. */
  readonly healMs?: number;
  /** Length of a slot. Default 1,000. */
  readonly periodMs?: number;
  /** Takes the place of what the seed draws. */
  readonly faults?: readonly Fault[];
  /** Draws every kind of fault, also those that the module does not claim to survive. */
  readonly extreme?: boolean;
  readonly logger?: Logger;
  /** Told of each start of an honest node, and given the clock of the run: for those who measure. It must change nothing. */
  watch?(index: number, node: Node, clock: Clock): void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** The first promise that did not hold; the run ends there. */
  readonly violation: Violation | undefined;
  /** Same seed, same faults, same code: same hash. */
  readonly traceHash: string;
  readonly traceTail: readonly string[];
  /** Timers that ran: deliveries, writes, turns of engines and the like. */
  readonly events: number;
  readonly simulatedMs: number;
  readonly headHeight: number;
  readonly finalHeight: number;
  readonly starts: number;
  readonly reorganisations: number;
  /** Final headers after which others seal or vote. */
  readonly seatChanges: number;
  readonly transactionsFinal: number;
}

export interface Simulation {
  readonly faults: readonly Fault[];
  run(): Promise<SimulationResult>;
}

const START_MS = 1_800_000_000_000;
const CLIENTS = 3;
const FUNDS = 1_000_000_000_000n;
const LIMITS = { blockBytesMax: 1 << 18, blockGasMax: 20_000_000n, transactionBytesMax: 1 << 16 };
const POOL_MAX = 256;
const BLOCKS_ABOVE_FINAL_MAX = 2_000;
const HEAD_LAG_MAX = 2;
const HEAL_MS = 26_000;

/**
 * Real nodes in one process on a virtual clock, with seeded network, disk and faults: first anything goes, then all heals and progress is demanded.
 *
 * @example
 * const { violation } = await createSimulation({ seed: 7, module }).run();
 */
export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, module, nodes = module.nodes ?? 4, chaosMs = 30_000, periodMs = 1_000 } = options;
  const tolerates = options.extreme === true ? 'any' : module.tolerates;
  const faults = options.faults ?? drawFaults({ seed, nodes, chaosMs, periodMs, kinds: kindsOf(tolerates, module.rekey), cuts: tolerates, ...(module.reorgBound === undefined ? {} : { cutPeriodsMax: Math.max(1, Math.floor(module.reorgBound / 2)) }) });
  return { faults, run: () => run({ ...options, faults }) };
}

function kindsOf(tolerates: SimulatedModule['tolerates'], rekey: SimulatedModule['rekey']): readonly FaultKind[] {
  const kinds = tolerates === 'any' ? FAULT_KINDS : FAULT_KINDS.filter((kind) => kind !== 'twin');
  return rekey === undefined ? kinds : [...kinds, 'rekey'];
}

async function run(options: SimulationOptions & { readonly faults: readonly Fault[] }): Promise<SimulationResult> {
  const { seed, module, nodes: seats = module.nodes ?? 4, chaosMs = 30_000, periodMs = 1_000, faults } = options;
  const { healMs = HEAL_MS + 3 * (module.reorgBound ?? 0) * periodMs } = options;
  const time = createSimTime(START_MS + 10);
  const sinceStart = (): number => time.nowMs() - START_MS - 10;
  const trace = createTrace();
  let violation: Violation | undefined;
  const report = (kind: ViolationKind, message: string): void => {
    violation ??= { kind, message, atMs: sinceStart() };
  };
  const random = (salt: number): ReturnType<typeof createSeededRandom> => createSeededRandom((seed * 31 + salt) | 0);
  const { spec, consensus, signers, others, clients, verifier } = createChainOf(module, seats, periodMs, seed);
  const twin = faults.find((fault) => fault.kind === 'twin');
  const names = Array.from({ length: seats + (twin === undefined ? 0 : 1) }, (_, i) => `n${i}`);
  const route = createWeather(faults, seats, chaosMs, names, sinceStart, random(1));
  const network = createMemoryNetwork({
    seed, time: { clock: time, timers: time },
    route(from, to, bytes) {
      const arrivals = route(from, to, bytes);
      trace.add(`${time.nowMs()} ${from}>${to} ${bytes} ${arrivals.join()}`);
      return arrivals;
    },
  });
  const judge = createJudge({ blockGasMax: LIMITS.blockGasMax, poolMax: 2 * POOL_MAX, blocksAboveFinalMax: BLOCKS_ABOVE_FINAL_MAX }, report);
  const world: SimWorld = {
    spec, module: consensus, verifier, time, network, judge, trace, names, report,
    chain: { mempool: { transactionsMax: POOL_MAX, bytesMax: 1 << 20, perPayerMax: POOL_MAX, aheadMax: 512n }, blocksAboveFinalMax: BLOCKS_ABOVE_FINAL_MAX },
    ...(options.logger === undefined ? {} : { logger: options.logger }),
    ...(options.watch === undefined ? {} : { watch: (index: number, node: Node) => options.watch?.(index, node, time) }),
  };
  const machines = names.map((_, index) => {
    const isTwin = index === seats;
    const seat = isTwin && twin?.kind === 'twin' ? twin.seat : index;
    return createSimNode(world, {
      index, signers: [signers[seat] as Signer, ...(module.rekey === undefined ? [] : [others[seat] as Signer])], disk: createSimDisk(random(100 + index)), honest: twin?.kind !== 'twin' || seat !== twin.seat,
      // With an empty pool its blocks differ from those of the other one, and so equivocate.
      ...(isTwin ? { chain: { mempool: { transactionsMax: 1, bytesMax: 1, perPayerMax: 1, aheadMax: 1n } } } : {}),
    });
  });
  const workload = createWorkload(spec, clients, random(2), report);
  scheduleRekeys(faults, module, signers, others, workload, (afterMs, act) => time.setAt(START_MS + 10 + afterMs, act));
  const problem = problemOfSchedule(faults, chaosMs, seats);
  if (problem !== undefined) report('schedule', problem);

  for (const machine of machines) machine.start();
  schedule(faults, machines, network, (afterMs, act) => time.setAt(START_MS + 10 + afterMs, act), (line) => trace.add(`${time.nowMs()} ${line}`));
  const honest = machines.filter((machine) => machine.honest);
  const runningNodes = (): readonly Node[] => honest.flatMap(({ running }) => running ?? []);
  const endMs = START_MS + 10 + chaosMs + healMs;
  let working = false;
  const work = (): void => {
    time.setAt(time.nowMs() + Math.floor(periodMs * 0.8), work);
    if (working) return;
    working = true;
    void workload.tick(runningNodes(), sinceStart() < chaosMs + healMs / 6).catch((error: unknown) => report('node-broken', `a client was told ${String(error)}`)).finally(() => {
      working = false;
    });
  };
  time.setAt(time.nowMs() + periodMs, work);
  let headAtHeal = 0;
  time.setAt(START_MS + 10 + chaosMs, () => {
    for (const machine of machines) machine.heal();
    headAtHeal = Math.max(0, ...runningNodes().map(({ chain }) => chain.head.height));
  });

  await settle();
  while (violation === undefined && time.step(endMs)) await settle();
  if (violation === undefined) await checkEnd(honest, workload, report, { finalLagMax: 2 * seats + HEAD_LAG_MAX + (module.reorgBound ?? 0), headAtHeal });
  const heads = runningNodes().map(({ chain }) => chain.head.height);
  for (const machine of machines) machine.crash(false);
  return {
    seed, faults, violation, traceHash: trace.hash(), traceTail: trace.tail(), events: time.steps, simulatedMs: sinceStart(), headHeight: Math.max(0, ...heads), finalHeight: judge.finalHeight,
    starts: machines.reduce((sum, { starts }) => sum + starts, 0), reorganisations: judge.reorganisations, seatChanges: judge.seatChanges, transactionsFinal: workload.final,
  };
}

/** Lets every promise that does not wait for a timer come to rest. Nothing in a simulation waits for anything else. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface SimChain {
  readonly spec: ChainSpec;
  readonly consensus: ReturnType<SimulatedModule['create']>;
  readonly signers: readonly Signer[];
  /** Keys that seats may be given. */
  readonly others: readonly Signer[];
  readonly clients: readonly Signer[];
  readonly verifier: ReturnType<typeof rememberSignatures>['verifier'];
}

function createChainOf(module: SimulatedModule, seats: number, periodMs: number, seed: number): SimChain {
  const random = createSeededRandom(0x51a7);
  const signerOf = (): Signer => createSigner('ed25519', random.bytes(32));
  const signers = Array.from({ length: seats }, signerOf);
  const clients = Array.from({ length: CLIENTS }, signerOf);
  const others = Array.from({ length: seats }, signerOf);
  const { verify, verifier } = rememberSignatures();
  const consensus = module.create(verify);
  const params = consensus.paramsFromJson(module.params(signers, periodMs));
  if (!params.ok) throw new RangeError(params.message);
  const spec: ChainSpec = {
    version: 1, name: 'simulation', symbol: 'SIM', network: 'private', genesisTimeMs: START_MS, limits: LIMITS, fees: { perByte: 1n, perGas: 1n, to: seed % 2 === 0 ? 'burn' : 'author' },
    consensus: { module: consensus.id, params: params.value }, containers: [{ name: 'coin', version: 1, params: new Uint8Array() }, { name: 'database', version: 1, params: new Uint8Array() }],
    balances: clients.map(({ account }) => ({ account, amount: FUNDS })).toSorted((a, b) => compareBytes(a.account, b.account)), salt: new Uint8Array(),
  };
  return { spec, consensus, signers, others, clients, verifier };
}

/** Gives seats their other key, and the first again, by a transaction of as many seats as it needs. */
function scheduleRekeys(
  faults: readonly Fault[], module: SimulatedModule, signers: readonly Signer[], others: readonly Signer[], workload: ReturnType<typeof createWorkload>, at: (afterMs: number, act: () => void) => void,
): void {
  const has = new Map<number, readonly Signer[]>();
  for (const fault of faults) {
    const { rekey } = module;
    if (fault.kind !== 'rekey' || rekey === undefined) continue;
    at(fault.fromMs, () => {
      const { seat } = fault;
      const next = has.get(seat) === others ? signers : others;
      has.set(seat, next);
      const actors = signers.filter((_, i) => i !== (seat + 1) % signers.length);
      workload.order(actors.map((actor) => ({ ...rekey(signers[seat] as Signer, (next[seat] as Signer).publicKey.bytes), actor: actor.account })), actors);
    });
  }
}

/** Sets the timers of all faults that are done to machines; those of the network are looked up with each message. */
function schedule(
  faults: readonly Fault[], machines: readonly SimNode[], network: ReturnType<typeof createMemoryNetwork>, at: (afterMs: number, act: () => void) => void, note: (line: string) => void,
): void {
  for (const fault of faults) {
    at(fault.fromMs, () => note(describeFault(fault)));
    const machine = 'node' in fault ? machines[fault.node] : undefined;
    if (fault.kind === 'disconnect') at(fault.fromMs, () => network.disconnect(`n${fault.a}`, `n${fault.b}`));
    if (machine === undefined) continue;
    switch (fault.kind) {
      case 'crash':
        at(fault.fromMs, () => {
          machine.hold();
          machine.crash(fault.power);
        });
        at(fault.untilMs, () => machine.release());
        break;
      case 'crashAtWrite':
        at(fault.fromMs, () => machine.armCrash({ writes: fault.writes, moment: fault.moment, downMs: fault.downMs, power: fault.power }));
        break;
      case 'skew':
        at(fault.fromMs, () => {
          machine.skewMs = fault.skewMs;
        });
        at(fault.untilMs, () => {
          if (fault.restarts) machine.crash(true);
          machine.skewMs = 0;
          machine.start();
        });
        break;
      case 'diskFull':
        at(fault.fromMs, () => {
          machine.disk.full = true;
        });
        at(fault.untilMs, () => {
          machine.disk.full = false;
        });
        break;
      case 'diskSlow': {
        const calmMs = machine.disk.slowMs;
        at(fault.fromMs, () => {
          machine.disk.slowMs = fault.slowMs;
        });
        at(fault.untilMs, () => {
          machine.disk.slowMs = calmMs;
        });
        break;
      }
      case 'rot':
        at(fault.fromMs, () => {
          machine.disk.rot(fault.part, fault.pick);
          // What rots is noticed when it is read, so the node starts again.
          machine.crash(false);
          machine.start();
        });
        break;
      default:
    }
  }
}

/** What is demanded after the healing. */
async function checkEnd(
  honest: readonly SimNode[], workload: ReturnType<typeof createWorkload>, report: (kind: ViolationKind, message: string) => void, { finalLagMax, headAtHeal }: { finalLagMax: number; headAtHeal: number },
): Promise<void> {
  const nodes: { readonly index: number; readonly node: Node }[] = [];
  for (const { index, running } of honest) {
    if (running === undefined) return report('no-progress', `node ${index} does not run after the healing`);
    nodes.push({ index, node: running });
  }
  const heights = nodes.map(({ node }) => node.chain.head.height);
  const top = Math.max(...heights);
  if (top - Math.min(...heights) > HEAD_LAG_MAX) return report('heads-apart', `the heads are at ${heights.join()}`);
  const { chain: best } = (nodes.find(({ node }) => node.chain.head.height === top) as (typeof nodes)[number]).node;
  const lowest = Math.min(...nodes.map(({ node }) => node.chain.final.height));
  for (const { index, node: { chain } } of nodes) {
    const same = best.treeView.ancestorAt(best.head.id, Math.max(chain.head.height - HEAD_LAG_MAX, best.final.height));
    const own = same === undefined ? undefined : chain.treeView.ancestorAt(chain.head.id, same.height);
    if (same !== undefined && own !== undefined && toHex(same.id) !== toHex(own.id)) return report('heads-apart', `node ${index} is on another branch at height ${same.height}`);
    if (chain.final.height <= headAtHeal) return report('no-progress', `node ${index}: final is ${chain.final.height}, the head was at ${headAtHeal} at the healing`);
    if (chain.head.height - chain.final.height > finalLagMax) return report('no-progress', `node ${index}: final ${chain.final.height} lags behind the head ${chain.head.height}`);
    await workload.check(node(nodes, index), index, true);
    await checkStateRoots(index, chain, [lowest, Math.max(1, Math.floor(lowest / 2))], report);
  }
  await checkSupply(nodes, workload, lowest, report);
}

function node(nodes: readonly { readonly index: number; readonly node: Node }[], index: number): Node {
  return (nodes.find((one) => one.index === index) as (typeof nodes)[number]).node;
}

/** All coins of genesis are there, less the fees that were burned. */
async function checkSupply(nodes: readonly { readonly index: number; readonly node: Node }[], workload: ReturnType<typeof createWorkload>, height: number, report: (kind: ViolationKind, message: string) => void): Promise<void> {
  for (const { index, node: { chain } } of nodes) {
    const state = await chain.stateAt(height);
    if (state === undefined) continue;
    const rows = await state.view.range({ from: balanceKey(new Uint8Array(20)), to: balanceKey(new Uint8Array(21).fill(0xff)), limit: 1_000 });
    const held = rows.reduce((sum, { value }) => sum + numberFromRecord(value), 0n);
    const burned = chain.spec.fees.to === 'burn' ? await workload.feesUpTo(node(nodes, index), height) : 0n;
    const all = chain.spec.balances.reduce((sum, { amount }) => sum + amount, 0n);
    if (held + burned !== all) report('supply', `node ${index}: ${held} held and ${burned} burned at height ${height}, genesis had ${all}`);
  }
}
