import { accept, concatBytes, equalBytes, invariant, refuse, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import type { BlockId, Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { blockId, chainId, headerBytesMax, headerFromBytes, headerToBytes } from '@vsys/data-format';
import type { ChainSpec, Header } from '@vsys/data-format';
import type { FoldedHeader } from './header-chain.ts';
import type { HeaderRules, Rank } from './rules.ts';

export type HeaderCheckpointCode = 'CHECKPOINT_VERSION' | 'CHECKPOINT_DAMAGED' | 'CHECKPOINT_CHAIN' | 'CHECKPOINT_MODULE';

/** Of which chain a checkpoint is, and by whose rules its context is read. */
export interface HeaderCheckpointScope<C> {
  readonly spec: ChainSpec;
  readonly rules: HeaderRules<C>;
}

const VERSION = 1;
const ID_BYTES = 32;
const RANK_MAX = 255;
const CONTEXT_MAX = 65_536;

/**
 * A verified header with all that the headers after it are judged by. Whoever starts from these bytes believes them as much as a chain
 * spec: the sum at their end tells damage, not a forger.
 *
 * @see docs/spec/consensus.md §6
 */
export function headerCheckpointToBytes<C>({ spec, rules }: HeaderCheckpointScope<C>, { header, context, rank }: FoldedHeader<C>): Uint8Array {
  const module = utf8ToBytes(spec.consensus.module);
  const headerBytes = headerToBytes(header);
  const contextBytes = rules.encode(context);
  invariant(module.length <= 255 && contextBytes.length <= CONTEXT_MAX && rank.length <= RANK_MAX, 'a checkpoint has the sizes that its bytes have room for');
  const bytes = concatBytes(
    Uint8Array.of(VERSION), chainId(spec),
    Uint8Array.of(module.length), module,
    uint32ToBytes(headerBytes.length), headerBytes,
    Uint8Array.of(rank.length), ...rank.map(uint64ToBytes),
    uint32ToBytes(contextBytes.length), contextBytes,
  );
  return concatBytes(bytes, sumOf(bytes));
}

/** Strict: takes only what `headerCheckpointToBytes` writes for this chain and this module. */
export function headerCheckpointFromBytes<C>(scope: HeaderCheckpointScope<C>, bytes: Uint8Array): Verdict<FoldedHeader<C>, HeaderCheckpointCode> {
  if (bytes[0] !== VERSION) return refuse('CHECKPOINT_VERSION', `expected version ${VERSION} of a checkpoint, found ${bytes[0] ?? 'nothing'}`);
  const end = bytes.length - ID_BYTES;
  if (end < 1 || !equalBytes(sumOf(bytes.subarray(0, end)), bytes.subarray(end))) return damaged('its sum does not fit');
  const parts = partsOf(bytes.subarray(1, end));
  if (parts === undefined) return damaged('a part is longer than the whole, or something follows the last');
  if (!equalBytes(parts.chainId, chainId(scope.spec))) return refuse('CHECKPOINT_CHAIN', 'the checkpoint is of another chain');
  const module = textOf(parts.module);
  if (module !== scope.spec.consensus.module) return refuse('CHECKPOINT_MODULE', `the checkpoint is of the module ${module ?? 'without a name'}, the chain has ${scope.spec.consensus.module}`);
  const header = headerFromBytes(parts.header);
  if (!header.ok) return damaged(`its header is ${header.code}`);
  if (!equalBytes(header.value.chainId, parts.chainId)) return refuse('CHECKPOINT_CHAIN', 'the header of the checkpoint is of another chain');
  const context = contextOf(scope.rules, parts.context);
  if (context === undefined) return damaged('its context is none that the module writes');
  const folded = foldedOf(header.value, context.value, parts.rank);
  return equalBytes(headerCheckpointToBytes(scope, folded), bytes) ? accept(folded) : damaged('its bytes are not canonical');
}

function foldedOf<C>(header: Header, context: C, rank: Rank): FoldedHeader<C> {
  const id: BlockId = blockId(header);
  return { id, height: header.height, header, context, rank };
}

interface Parts {
  readonly chainId: Uint8Array;
  readonly module: Uint8Array;
  readonly header: Uint8Array;
  readonly rank: Rank;
  readonly context: Uint8Array;
}

/** Undefined when the lengths inside do not come out at the end. */
function partsOf(bytes: Uint8Array): Parts | undefined {
  let at = 0;
  let isShort = false;
  const take = (length: number, max: number): Uint8Array => {
    isShort ||= length > max || at + length > bytes.length;
    const part = isShort ? new Uint8Array() : bytes.slice(at, at + length);
    at += length;
    return part;
  };
  const byte = (): number => take(1, 1)[0] ?? 0;
  const length = (): number => {
    const four = take(4, 4);
    return isShort ? 0 : uint32FromBytes(four);
  };
  const chain = take(ID_BYTES, ID_BYTES);
  const module = take(byte(), 255);
  const header = take(length(), headerBytesMax);
  const rank = Array.from({ length: byte() }, () => take(8, 8)).map((part) => (isShort ? 0n : uint64FromBytes(part)));
  const context = take(length(), CONTEXT_MAX);
  return isShort || at !== bytes.length ? undefined : { chainId: chain, module, header, rank, context };
}

/** Modules throw on bytes that are none of theirs. */
function contextOf<C>(rules: HeaderRules<C>, bytes: Uint8Array): { readonly value: C } | undefined {
  try {
    return { value: rules.decode(bytes) };
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8FromBytes(bytes);
  } catch {
    return undefined;
  }
}

function sumOf(bytes: Uint8Array): Uint8Array {
  return taggedHash('v/checkpoint', bytes);
}

function damaged(what: string): Verdict<never, 'CHECKPOINT_DAMAGED'> {
  return refuse('CHECKPOINT_DAMAGED', `the checkpoint is damaged: ${what}`);
}
