import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouter } from '@vsys/container';
import { type Chain, createChain } from '@vsys/consensus';
import { createInlineVerifier } from '@vsys/crypto';
import { chainId } from '@vsys/data-format';
import { fromHex, systemClock, toHex } from '@vsys/primitives';
import { createMemoryStore, type Store } from '@vsys/store';
import { openFileBlockLog, openStore } from '@vsys/store-rocksdb';
import { createCoinContainer } from '@vsys/transaction';
import { type ChainKind, killChain } from './kill-chain.ts';

/** What a process told before it died, whole lines only. */
export interface Told {
  readonly lines: readonly (readonly string[])[];
  readonly exitCode: number | null;
}

export interface Child {
  readonly told: Promise<Told>;
  /** Resolves when that many lines of the kind are told, or the process ended. */
  saw(kind: string, count: number): Promise<void>;
  kill(): void;
}

/** A node in a process of its own. */
export function startChild(folder: string, kind: ChainKind = 'poa'): Child {
  const child = spawn(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', fileURLToPath(new URL('./chain-child.ts', import.meta.url)), folder, kind], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  const wanted = new Set<() => void>();
  const lines = (): string[][] => text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => line !== '').map((line) => line.split(' '));
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    for (const check of wanted) check();
  });
  child.stderr.setEncoding('utf8').on('data', (more: string) => void (errors += more));
  const told = new Promise<Told>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      for (const check of wanted) check();
      // A node says why it ends; what ends without a word, or with a trace of its stack, is a fault of ours.
      if (errors === '') resolve({ lines: lines(), exitCode });
      else reject(new Error(`the process wrote to stderr: ${errors.slice(0, 2_000)}`));
    });
  });
  return {
    told,
    saw: (kind, count) => new Promise((resolve) => {
      const check = (): void => {
        if (child.exitCode === null && child.signalCode === null && lines().filter(([word]) => word === kind).length < count) return;
        wanted.delete(check);
        resolve();
      };
      wanted.add(check);
      check();
    }),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Opens the data of a dead process, with its own store or with an empty one, so that all comes from the log. */
export async function inspect<T>(folder: string, from: 'store' | 'log', look: (chain: Chain) => Promise<T>, kind: ChainKind = 'poa'): Promise<T> {
  const setup = killChain(kind);
  const consensus = setup.module.open(setup.spec.consensus.params, chainId(setup.spec));
  if (!consensus.ok) throw new RangeError(consensus.message);
  await using log = await openFileBlockLog(join(folder, 'blocks'));
  await using store: Store = from === 'store' ? await openStore(join(folder, 'store')) : createMemoryStore();
  const parts = { consensus: consensus.value, router: createRouter([createCoinContainer()]), store, log, verifier: createInlineVerifier(), clock: systemClock };
  await using chain = await createChain({ spec: setup.spec }, parts);
  return await look(chain);
}

/** All that was told and must stay true, over every life of the node. */
export class Ledger {
  readonly done = new Set<string>();
  readonly roots = new Map<number, string>();
  /** What was signed, by slot. */
  readonly slots = new Map<string, string>();
  finalHeight = 0;

  add({ lines }: Told): void {
    const asked = new Map<string, string>();
    for (const [kind, first = '', second = ''] of lines) {
      if (kind === 'done') this.done.add(first);
      if (kind === 'asked') asked.set(second, first);
      if (kind === 'open' && Number(second) < this.finalHeight) throw new RangeError(`final went back from ${this.finalHeight} to ${second}`);
      if (kind === 'final') {
        const before = this.roots.get(Number(first));
        if (before !== undefined && before !== second) throw new RangeError(`two state roots were final at height ${first}`);
        this.roots.set(Number(first), second);
        this.finalHeight = Math.max(this.finalHeight, Number(first));
      }
      if (kind === 'signed') {
        const slot = asked.get(first);
        if (slot === undefined) throw new RangeError('signed what no engine asked for');
        const before = this.slots.get(slot);
        if (before !== undefined) throw new RangeError(`slot ${slot} was signed twice${before === first ? '' : ', for two blocks'}`);
        this.slots.set(slot, first);
      }
    }
  }

  /** Compares a chain with all that was told. `recent`: transactions of the last lives only, as all of them take long. */
  async check(chain: Chain, recent: Iterable<string> = this.done): Promise<void> {
    if (chain.final.height < this.finalHeight) throw new RangeError(`final is ${chain.final.height}, it was ${this.finalHeight}`);
    for (const [height, root] of this.roots) {
      const sealed = await chain.at(height);
      if (sealed === undefined || toHex(sealed.header.stateRoot) !== root) throw new RangeError(`the state root of final height ${height} changed`);
    }
    for (const hex of recent) {
      const { kind } = await chain.status(fromHex(hex));
      if (kind !== 'final') throw new RangeError(`transaction ${hex} was told final and is ${kind}`);
    }
  }
}
