import { type BlockId, concatBytes, type Height, type TransactionId, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import { type BlockHistory, type Receipt, receiptFromBytes, receiptToBytes, type SealedHeader, sealedHeaderFromBytes, sealedHeaderToBytes } from '@vsys/data-format';
import type { Rank } from '@vsys/block-tree';
import type { Store } from '@vsys/store';
import { ChainError } from './chain-error.ts';

/**
 * What the store knows of final blocks, written in the same batch as their state. Keys begin with `c`; the state's begin with `s`.
 * All of it can be made again from the block log.
 */
const key = (name: string, ...parts: readonly Uint8Array[]): Uint8Array => concatBytes(utf8ToBytes(name), ...parts);
const BASE = key('cb');
const CHAIN_ID = key('cs');
const ENGINE = key('ce');

/** The block whose state is the base on disk, and where the log goes on after it. */
export interface BaseRecord {
  readonly id: BlockId;
  readonly sealed: SealedHeader;
  /** First record of the log that may hold a later block. */
  readonly nextSequence: number;
  readonly rank: Rank;
  readonly context: Uint8Array;
  readonly history: BlockHistory;
}

export interface FinalBlock {
  readonly id: BlockId;
  readonly sealed: SealedHeader;
  /** Its record in the log; undefined for genesis, which has none. */
  readonly sequence: number | undefined;
}

const NO_SEQUENCE = 0xffff_ffff_ffff_ffffn;

export function baseOps(base: BaseRecord): { key: Uint8Array; value: Uint8Array } {
  const parts = [sealedHeaderToBytes(base.sealed), base.context, ...base.history.peaks];
  return {
    key: BASE,
    value: concatBytes(
      base.id, uint64ToBytes(BigInt(base.nextSequence)), uint64ToBytes(BigInt(base.history.count)), uint32ToBytes(base.rank.length), ...base.rank.map(uint64ToBytes),
      ...parts.flatMap((part) => [uint32ToBytes(part.length), part]),
    ),
  };
}

export async function readBase(store: Store): Promise<BaseRecord | undefined> {
  const bytes = await store.get(BASE);
  if (bytes === undefined) return undefined;
  const ranks = uint32FromBytes(bytes, 48);
  const rank = Array.from({ length: ranks }, (_, i) => uint64FromBytes(bytes, 52 + 8 * i));
  const parts: Uint8Array[] = [];
  for (let at = 52 + 8 * ranks; at < bytes.length; ) {
    const length = uint32FromBytes(bytes, at);
    parts.push(bytes.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [sealedBytes, context, ...peaks] = parts;
  return {
    id: bytes.slice(0, 32), nextSequence: Number(uint64FromBytes(bytes, 32)), rank, sealed: readSealed(sealedBytes), context: context ?? new Uint8Array(),
    history: { count: Number(uint64FromBytes(bytes, 40)), peaks },
  };
}

function readSealed(bytes: Uint8Array | undefined): SealedHeader {
  const sealed = sealedHeaderFromBytes(bytes ?? new Uint8Array());
  if (!sealed.ok) throw new ChainError('CHAIN_STORE', 'the store holds a header that does not decode; remove its folder (not the log) and start again: it is rebuilt from the log', { reason: sealed.code });
  return sealed.value;
}

export function chainIdOps(chainId: Uint8Array): { key: Uint8Array; value: Uint8Array } {
  return { key: CHAIN_ID, value: chainId };
}

export function readChainId(store: Store): Promise<Uint8Array | undefined> {
  return store.get(CHAIN_ID);
}

/** What a consensus engine asked to keep. */
export function engineOps(bytes: Uint8Array): { key: Uint8Array; value: Uint8Array } {
  return { key: ENGINE, value: bytes };
}

export function readEngine(store: Store): Promise<Uint8Array | undefined> {
  return store.get(ENGINE);
}

const heightKey = (height: Height): Uint8Array => key('ch', uint64ToBytes(BigInt(height)));

export function finalBlockOps(block: FinalBlock, transactions: readonly TransactionId[], receipts: readonly Receipt[]): { key: Uint8Array; value: Uint8Array }[] {
  const { height } = block.sealed.header;
  const heightBytes = uint64ToBytes(BigInt(height));
  const sequence = block.sequence === undefined ? NO_SEQUENCE : BigInt(block.sequence);
  const ops = [
    { key: heightKey(height), value: concatBytes(block.id, uint64ToBytes(sequence), sealedHeaderToBytes(block.sealed)) },
    { key: key('ci', block.id), value: heightBytes },
  ];
  for (const [index, id] of transactions.entries()) {
    ops.push({ key: key('ct', id), value: concatBytes(heightBytes, uint32ToBytes(index), receiptToBytes(receipts[index] as Receipt)) });
  }
  return ops;
}

function finalBlockFromRecord(record: Uint8Array): FinalBlock {
  const sequence = uint64FromBytes(record, 32);
  return { id: record.slice(0, 32), sequence: sequence === NO_SEQUENCE ? undefined : Number(sequence), sealed: readSealed(record.subarray(40)) };
}

export async function finalBlockAt(store: Store, height: Height): Promise<FinalBlock | undefined> {
  const record = await store.get(heightKey(height));
  return record === undefined ? undefined : finalBlockFromRecord(record);
}

export async function finalBlocksFrom(store: Store, height: Height, limit: number): Promise<FinalBlock[]> {
  const blocks: FinalBlock[] = [];
  for await (const [, record] of store.iterate({ gte: heightKey(height), lt: key('ci'), limit })) blocks.push(finalBlockFromRecord(record));
  return blocks;
}

export async function finalHeightOf(store: Store, id: BlockId): Promise<Height | undefined> {
  const bytes = await store.get(key('ci', id));
  return bytes === undefined ? undefined : Number(uint64FromBytes(bytes));
}

export async function finalTransaction(store: Store, id: TransactionId): Promise<{ height: Height; index: number; receipt: Receipt } | undefined> {
  const bytes = await store.get(key('ct', id));
  if (bytes === undefined) return undefined;
  const receipt = receiptFromBytes(bytes.subarray(12));
  if (!receipt.ok) throw new ChainError('CHAIN_STORE', 'the store holds a receipt that does not decode; remove its folder (not the log) and start again: it is rebuilt from the log');
  return { height: Number(uint64FromBytes(bytes)), index: uint32FromBytes(bytes, 8), receipt: receipt.value };
}
