import { type Clock, CodedError, type Logger, silentLogger, type Timers, toHex } from '@vsys/primitives';
import type { Signer, SignatureVerifier } from '@vsys/crypto';
import type { ChainOptions, ConsensusModule } from '@vsys/consensus';
import type { ChainSpec } from '@vsys/data-format';
import { createDatabaseContainer } from '@vsys/database';
import { createNode, type Node } from '@vsys/node';
import { createPeerKeeper, type MemoryNetwork } from '@vsys/p2p';
import type { Judge } from './create-judge.ts';
import { createLife, type Life } from './life.ts';
import type { SimDisk, WriteMoment } from './sim-disk.ts';
import type { Trace } from './trace.ts';
import type { ViolationKind } from './violation.ts';
import { watchModule } from './watch-module.ts';

/** What all nodes of a run share. */
export interface SimWorld {
  readonly spec: ChainSpec;
  readonly chain: Omit<ChainOptions, 'spec'>;
  readonly module: ConsensusModule;
  readonly verifier: SignatureVerifier;
  readonly time: Clock & Timers;
  readonly network: MemoryNetwork;
  readonly judge: Judge;
  readonly trace: Trace;
  /** Names of all nodes, for dialling. */
  readonly names: readonly string[];
  report(kind: ViolationKind, message: string): void;
  watch?(index: number, node: Node): void;
  /** For debugging: what the node logs. */
  readonly logger?: Logger;
}

export interface SimNodeOptions {
  readonly index: number;
  /** Its keys: the one that it begins with, and those that it may be given. */
  readonly signers: readonly Signer[];
  readonly disk: SimDisk;
  /** Its invariants hold. A twin's need not. */
  readonly honest: boolean;
  /** Overrides of the chain's limits. */
  readonly chain?: Omit<ChainOptions, 'spec'>;
}

/** A machine with a real node on it, and the operator who starts it again. */
export interface SimNode {
  readonly index: number;
  readonly honest: boolean;
  readonly disk: SimDisk;
  /** The node while it runs. */
  readonly running: Node | undefined;
  /** Its key was lost with the disk: it only follows. */
  readonly keyLost: boolean;
  readonly starts: number;
  skewMs: number;
  start(): void;
  crash(power: boolean): void;
  /** Keeps it down until as many `release` came. */
  hold(): void;
  release(): void;
  /** Crashes in the middle of a write to come. */
  armCrash(arm: CrashAtWrite): void;
  /** All that was done to it ends; it is started if it is down. */
  heal(): void;
}

export interface CrashAtWrite {
  writes: number;
  readonly moment: WriteMoment;
  readonly downMs: number;
  readonly power: boolean;
}

const RESTART_MS = 150;

export function createSimNode(world: SimWorld, options: SimNodeOptions): SimNode {
  const { time, network, trace, judge } = world;
  const { index, signers, disk, honest } = options;
  const name = world.names[index] as string;
  let life: Life | undefined;
  let running: Node | undefined;
  let holds = 0;
  let starts = 0;
  let skewMs = 0;
  let keyLost = false;
  let armed: CrashAtWrite[] = [];

  const end = (): void => {
    life?.end();
    life = undefined;
    running = undefined;
    network.crash(name);
  };

  function start(): void {
    if (life !== undefined || holds > 0) return;
    const mine = createLife(time, () => skewMs);
    life = mine;
    starts++;
    trace.add(`${time.nowMs()} ${name} starts`);
    boot(mine).catch((error: unknown) => operate(mine, error));
  }

  async function boot(mine: Life): Promise<void> {
    const { store, log, durable } = await disk.open(mine);
    const host = network.createHost(name);
    const { module, guardOf } = watchModule(world.module);
    const watched = signers.map((signer): Signer => ({
      ...signer,
      sign(message) {
        if (honest) judge.signed(index, signer.publicKey.bytes, guardOf(message), message);
        return signer.sign(message);
      },
    }));
    const node = await createNode({ spec: world.spec, chain: { ...world.chain, ...options.chain } }, {
      consensus: module, containers: [createDatabaseContainer()], store, log, network: host, verifier: world.verifier, signers: keyLost ? [] : watched, durable,
      clock: mine.clock, timers: mine.timers, logger: (world.logger ?? silentLogger).scope(name),
    });
    if (!mine.alive) return;
    running = node;
    if (honest) judge.attach(index, node.chain);
    if (honest) world.watch?.(index, node);
    node.chain.listen((event) => {
      if (event.kind === 'head') trace.add(`${time.nowMs()} ${name} head ${event.head.height} ${toHex(event.head.id)}`);
      if (event.kind === 'final') trace.add(`${time.nowMs()} ${name} final ${event.final.height} ${toHex(event.final.id)}`);
    });
    void node.failed.then(({ error }) => operate(mine, error));
    await node.start();
    createPeerKeeper(world.names.filter((other) => other !== name).map((other) => `/memory/${other}`), node.network, { clock: mine.clock, timers: mine.timers }).start();
  }

  /** Does what the remedy of a failure says, and starts it again. */
  function operate(mine: Life, error: unknown): void {
    if (!mine.alive) return;
    const codes = codesOf(error);
    trace.add(`${time.nowMs()} ${name} failed ${codes.join()}`);
    end();
    // The process ends in order, so what was written is there.
    disk.crash(false);
    const remedied = codes.some(remedy);
    if (!remedied && honest) world.report('node-broken', `node ${index} stopped with ${codes.join(', ')}: ${error instanceof Error ? error.message : ''}`);
    time.setAt(time.nowMs() + RESTART_MS, start);
  }

  function remedy(code: string): boolean {
    if (code === 'STORE_FULL') return true;
    if (disk.rotten.has('durable') && (code === 'STORE_RECORD_DAMAGED' || code === 'GUARD_MARKS')) {
      // Without a copy the key must not sign again: the seat would need a new one.
      keyLost = true;
      disk.wipe('durable');
      return true;
    }
    if (disk.rotten.has('log') && (code === 'BLOCK_LOG_CORRUPT' || code === 'CHAIN_REPLAY')) {
      disk.wipe('log');
      disk.wipe('store');
      judge.forgive(index);
      return true;
    }
    return false;
  }

  function crash(power: boolean): void {
    if (life === undefined) return;
    trace.add(`${time.nowMs()} ${name} crashes`);
    end();
    disk.crash(power);
  }

  disk.crashNow = (moment) => {
    for (const one of armed) {
      if (one.moment !== moment || --one.writes > 0) continue;
      armed = armed.filter((other) => other !== one);
      crash(one.power);
      time.setAt(time.nowMs() + one.downMs, start);
      return true;
    }
    return false;
  };

  return {
    index, honest, disk, start, crash,
    get running() { return running; },
    get keyLost() { return keyLost; },
    get starts() { return starts; },
    get skewMs() { return skewMs; },
    set skewMs(value) { skewMs = value; },
    hold() {
      holds++;
    },
    release() {
      holds--;
      start();
    },
    armCrash: (arm) => void armed.push({ ...arm }),
    heal() {
      armed = [];
      skewMs = 0;
      disk.full = false;
      disk.slowMs = 3;
      start();
    },
  };
}

/** Of an error and what lies behind it, outermost first. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  for (let at = error; at instanceof Error && codes.length < 8; at = at.cause) codes.push(at instanceof CodedError ? at.code : at.name);
  return codes.length === 0 ? [String(error)] : codes;
}
