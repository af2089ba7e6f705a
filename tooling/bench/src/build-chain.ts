import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invariant, systemClock } from '@vsys/primitives';
import { type SignatureVerifier, verifySignature } from '@vsys/crypto';
import { createRouter } from '@vsys/container';
import { createChain, sealMessage } from '@vsys/consensus';
import { createSpos, seatOfSlot, type SposContext, sposExtToBytes, sposParamsFromBytes } from '@vsys/consensus-spos';
import { blockId, chainId, type ChainSpec, chainSpecFromJson, chainSpecToJson } from '@vsys/data-format';
import { createDatabaseContainer } from '@vsys/database';
import { openFileBlockLog, openRocksStore } from '@vsys/store-rocksdb';
import { createCoinContainer } from '@vsys/transaction';
import { benchSigner, createBenchSpec, SLOT_MS } from './bench-chain.ts';
import { certificatesOf } from './vote-on-head.ts';

/** Raise it when the layout of the store or the content of a kept chain changes: older ones are then made again. */
const LAYOUT = 4;
const SEATS = 4;
/** Blocks below the head that are not final yet, where each header carries what the seats say of the one before. */
const NOT_FINAL = 2;
const DAY_MS = 86_400_000;
/** A chain of the past: long enough for a block per second of it. */
const AGE_MS = 30 * DAY_MS;

export interface KeptChain {
  /** Holds `chain.json` and the data of a node in `node/data`. */
  readonly folder: string;
  readonly spec: ChainSpec;
  readonly isNew: boolean;
  readonly buildMs: number;
}

export interface ChainPlan {
  /** Tells chains apart: what they hold. */
  readonly name: string;
  readonly funded: readonly string[];
  /** Where chains are kept. */
  readonly keptIn: string;
  /** Transactions of one block after the other. */
  readonly blocks: (chainId: Uint8Array) => Iterable<readonly Uint8Array[]>;
  readonly print: (line: string) => void;
}

/** A chain on disk, made once through the chain's own build and import, and kept for the next run. */
export async function keepChain({ name, funded, keptIn, blocks, print }: ChainPlan): Promise<KeptChain> {
  const folder = join(keptIn, `${name}-${LAYOUT}`);
  const done = join(folder, 'complete');
  const kept = await readFile(done, 'utf8').catch(() => undefined);
  if (kept !== undefined) {
    const spec = chainSpecFromJson(await readFile(join(folder, 'chain.json'), 'utf8'));
    // Made by another release, whose parameters this one does not read.
    if (spec.ok && sposParamsFromBytes(spec.value.consensus.params).ok) {
      print(`the chain of an earlier run is in ${folder}`);
      return { folder, spec: spec.value, isNew: false, buildMs: Number(kept) };
    }
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const spec = createBenchSpec({ genesisTimeMs: Math.floor((Date.now() - AGE_MS) / SLOT_MS) * SLOT_MS, seats: seatWords.map(benchSigner), funded: funded.map(benchSigner) });
  await writeFile(join(folder, 'chain.json'), chainSpecToJson(spec));
  print(`making the chain in ${folder}, once …`);
  const startMs = performance.now();
  await buildChain(join(folder, 'node', 'data'), spec, blocks(chainId(spec)), print);
  const buildMs = Math.round(performance.now() - startMs);
  await writeFile(done, String(buildMs));
  return { folder, spec, isNew: true, buildMs };
}

const seatWords = Array.from({ length: SEATS }, (_, i) => `seat ${i}`);
/** What was signed a moment ago by this process is not checked by it. */
const trusting: SignatureVerifier = { verify: (items) => Promise.resolve(new Uint8Array(items.length).fill(1)), close: () => Promise.resolve() };

async function buildChain(data: string, spec: ChainSpec, blocks: Iterable<readonly Uint8Array[]>, print: (line: string) => void): Promise<void> {
  const id = chainId(spec);
  const params = sposParamsFromBytes(spec.consensus.params);
  const consensus = createSpos({ verifySignature }).open(spec.consensus.params, id);
  invariant(params.ok && consensus.ok, 'a spec of a bench opens');
  await using store = await openRocksStore(join(data, 'store'));
  await using log = await openFileBlockLog(join(data, 'blocks'));
  await using chain = await createChain({ spec }, {
    consensus: consensus.value, router: createRouter([createCoinContainer(), createDatabaseContainer()]), store, log, verifier: trusting, clock: systemClock,
  });
  const seats = seatWords.map(benchSigner);
  let slot = spec.genesisTimeMs / SLOT_MS;
  let transactions = 0;
  let toldMs = performance.now();
  for (const block of blocks) {
    const refused = (await chain.submit(block)).find((verdict) => !verdict.ok);
    invariant(refused === undefined, 'a bench sends what is admitted', refused as never);
    slot++;
    const seat = seatOfSlot(params.value, params.value.seats, slot);
    invariant(seat !== undefined, 'a bench has a seat for every slot');
    const certificates = certificatesOf(id, chain.treeView.head.context as SposContext, seats);
    const built = await chain.build({ job: '', on: chain.head.id, timeMs: slot * SLOT_MS, ext: sposExtToBytes({ slot, seat: seat.index, certificates }), deadlineMs: Number.POSITIVE_INFINITY });
    invariant(built?.block.transactions.length === block.length, 'a block of a bench takes all that waits');
    const imported = await chain.importBlock({ ...built.block, seal: (seats[seat.index] as (typeof seats)[number]).sign(sealMessage(built.id)) });
    invariant(imported.ok, 'a block of a bench is valid', imported as never);
    const final = await chain.at(Math.max(0, chain.head.height - NOT_FINAL));
    if (final !== undefined && final.header.height > 0) await chain.finalise({ height: final.header.height, id: blockId(final.header) });
    transactions += block.length;
    if (performance.now() - toldMs < 5_000) continue;
    toldMs = performance.now();
    print(`  ${transactions} transactions in ${chain.head.height} blocks`);
  }
}
