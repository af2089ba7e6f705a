import { join } from 'node:path';
import { type BlockId, invariant, systemClock, toHex } from '@vsys/primitives';
import { type SignatureVerifier, verifySignature } from '@vsys/crypto';
import { createRouter } from '@vsys/container';
import { type Chain, createChain, sealMessage } from '@vsys/consensus';
import { createSpos, seatOfSlot, sposExtToBytes, sposParamsFromBytes } from '@vsys/consensus-spos';
import { type Block, chainId, type ChainSpec } from '@vsys/data-format';
import { createDatabaseContainer } from '@vsys/database';
import { openFileBlockLog, openRocksStore } from '@vsys/store-rocksdb';
import { createCoinContainer } from '@vsys/transaction';
import { benchSigner, createBenchSpec, SLOT_MS } from './bench-chain.ts';

/** A chain on a real store and a real log, whose blocks are made by hand, on any block and in any slot, and final only when that is said. */
export interface OpenChain extends AsyncDisposable {
  readonly chain: Chain;
  /** A block of this slot, by the seat that has it, not imported. */
  build(on: BlockId, slot: number): Promise<Block>;
  readonly firstSlot: number;
  readonly spec: ChainSpec;
}

const SEATS = 4;
const DAY_MS = 86_400_000;
const trusting: SignatureVerifier = { verify: (items) => Promise.resolve(new Uint8Array(items.length).fill(1)), close: () => Promise.resolve() };

export interface OpenChainOptions {
  readonly funded: readonly string[];
  readonly genesisTimeMs?: number;
  readonly blocksAboveFinalMax?: number;
  /** Unless given, signatures are taken to be right: this process made them a moment ago. */
  readonly verifier?: SignatureVerifier;
}

export async function openChain(folder: string, { funded, genesisTimeMs = Math.floor((Date.now() - DAY_MS) / SLOT_MS) * SLOT_MS, blocksAboveFinalMax, verifier = trusting }: OpenChainOptions): Promise<OpenChain> {
  const seats = Array.from({ length: SEATS }, (_, i) => benchSigner(`seat ${i}`));
  const spec = createBenchSpec({ genesisTimeMs, seats, funded: funded.map(benchSigner), finality: 'depth' });
  const params = sposParamsFromBytes(spec.consensus.params);
  const consensus = createSpos({ verifySignature }).open(spec.consensus.params, chainId(spec));
  invariant(params.ok && consensus.ok, 'a spec of a bench opens');
  await using undo = new AsyncDisposableStack();
  const store = undo.use(await openRocksStore(join(folder, 'store')));
  const log = undo.use(await openFileBlockLog(join(folder, 'blocks')));
  const chain = undo.use(await createChain({ spec, ...(blocksAboveFinalMax === undefined ? {} : { blocksAboveFinalMax }) }, { consensus: consensus.value, router: createRouter([createCoinContainer(), createDatabaseContainer(), ...consensus.value.containers]), store, log, verifier, clock: systemClock }));
  const open = undo.move();
  return {
    chain, spec, firstSlot: genesisTimeMs / SLOT_MS,
    async build(on, slot) {
      const seat = seatOfSlot(params.value, params.value.seats, slot);
      invariant(seat !== undefined, 'a bench has a seat for every slot');
      const built = await chain.build({ job: '', on, timeMs: slot * SLOT_MS, ext: sposExtToBytes({ slot, seat: seat.index }), deadlineMs: Number.POSITIVE_INFINITY });
      invariant(built !== undefined, `a block on ${toHex(on)} is built`);
      return { ...built.block, seal: (seats[seat.index] as (typeof seats)[number]).sign(sealMessage(built.id)) };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
