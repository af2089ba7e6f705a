import { equalBytes, toHex } from '@vsys/primitives';
import { appendToHistory, blockFromBytes, blockId, emptyHistory, type Header } from '@vsys/data-format';
import { createState, type State, type StateView } from '@vsys/state';
import type { BlockLog } from '@vsys/store';
import type { ChainBlock } from './chain.ts';
import { ChainError } from './chain-error.ts';
import { type BaseRecord, baseOps, chainIdOps, finalBlockAt, finalBlockOps, readBase, readChainId } from './chain-index.ts';
import type { ChainOptions, ChainParts } from './create-chain.ts';
import { genesisHeader, genesisWrites } from './genesis.ts';

/** The state at its base, after writing genesis into an empty store. */
export async function openChainState(options: ChainOptions, { consensus, router, store }: ChainParts, chainId: Uint8Array): Promise<{ state: State; base: BaseRecord; genesis: ChainBlock }> {
  const stored = await readChainId(store);
  if (stored !== undefined && !equalBytes(stored, chainId)) {
    throw new ChainError('CHAIN_WRONG_DATA', `the data folder belongs to chain ${toHex(stored)}, the spec is of ${toHex(chainId)}: give the right spec, or another data folder`);
  }
  const state = await createState({
    store,
    ...(options.retentionBlocks === undefined ? {} : { retentionBlocks: options.retentionBlocks }),
    ...(options.stateCacheBytesMax === undefined ? {} : { cacheBytesMax: options.stateCacheBytesMax }),
  });
  const found = await readBase(store);
  if (found !== undefined) {
    const first = await finalBlockAt(store, 0);
    if (first === undefined) throw new ChainError('CHAIN_STORE', 'the store has no genesis block; remove its folder (not the log) and start again: it is rebuilt from the log');
    return { state, base: found, genesis: { id: first.id, height: 0, header: first.sealed.header } };
  }
  const writes = genesisWrites(options.spec, router, consensus);
  if (!writes.ok) throw new ChainError('CHAIN_CONTAINER', writes.message);
  const view = await state.fork(state.view(state.base.root) as StateView, 0, writes.value);
  const header = genesisHeader(options.spec, view.root);
  const id = blockId(header);
  const { context, rank } = consensus.rules.genesis(options.spec, { id, height: 0, timeMs: header.timeMs });
  const sealed = { header, seal: new Uint8Array() };
  const base: BaseRecord = { id, sealed, nextSequence: 0, rank, context: consensus.rules.encode(context), history: appendToHistory(emptyHistory, id) };
  await state.flush(view, [chainIdOps(chainId), baseOps(base), ...finalBlockOps({ id, sealed, sequence: undefined }, [], [])]);
  return { state, base, genesis: { id, height: 0, header } };
}

/** The store was made from this log: it has as many records, and the base is where the store says. */
export async function assertLogBelow(log: BlockLog, base: BaseRecord): Promise<void> {
  if (log.next < base.nextSequence) {
    throw new ChainError('CHAIN_LOG_BEHIND', `the block log has ${log.next} records, the store was made from ${base.nextSequence}, and those that are missing were final: restore the log from a copy, or remove the data folder and sync again from peers. Where no peer has them, remove the store's folder: the chain goes on without them`, { records: log.next, needed: base.nextSequence });
  }
  if (base.nextSequence === 0) return;
  const sequence = base.nextSequence - 1;
  const block = blockFromBytes(await log.read(sequence));
  if (block.ok) assertChainOf(block.value.header, base.sealed.header.chainId);
  if (block.ok && equalBytes(blockId(block.value.header), base.id)) return;
  throw new ChainError('CHAIN_STORE', `record ${sequence} of the block log is not the block that the store stands on, so the store was made from another log: remove the store's folder (not the log) and start again: it is rebuilt from the log`, { sequence });
}

export function assertChainOf(header: Header, chainId: Uint8Array): void {
  if (equalBytes(header.chainId, chainId)) return;
  throw new ChainError('CHAIN_WRONG_DATA', `the block log belongs to chain ${toHex(header.chainId)}, the spec is of ${toHex(chainId)}: give the right spec, or another data folder`);
}
