import type { BlockId, ChainId, Hash, Height, PeerId, TransactionId, Verdict } from '@vsys/primitives';
import type { Block, ChainSpec, Header, Receipt, SealedHeader } from '@vsys/data-format';
import type { StateView } from '@vsys/state';
import type { AdmissionCode, CheckedTransaction } from '@vsys/transaction';
import type { BlockRef, HeaderJump, HeaderRules } from './rules.ts';
import type { BuiltBlock } from './engine-host.ts';
import type { BuildRequest, TreeView } from './engine.ts';

/** Why a block was not imported. `data.retry` tells the cases that are nobody's fault. */
export type ImportCode =
  | 'IMPORT_UNKNOWN_PARENT' | 'IMPORT_EARLY' | 'IMPORT_KNOWN' | 'IMPORT_BELOW_FINAL' | 'IMPORT_FULL' | 'IMPORT_WAITING'
  | 'IMPORT_UNCERTIFIED' | 'IMPORT_HEADER' | 'IMPORT_BODY' | 'IMPORT_EXECUTION' | 'IMPORT_INVALID';

export interface ChainBlock extends BlockRef {
  readonly header: Header;
}

export type TransactionStatus =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'pooled' }
  | { readonly kind: 'dropped'; readonly code: string }
  | { readonly kind: 'included' | 'safe' | 'final'; readonly height: Height; readonly blockId: BlockId; readonly index: number; readonly receipt: Receipt };

/** What happened to the chain, in order. Listeners are called after it is done, and must not throw. */
export type ChainEvent =
  | { readonly kind: 'head'; readonly head: ChainBlock; readonly revert: readonly ChainBlock[]; readonly apply: readonly ChainBlock[] }
  | { readonly kind: 'final'; readonly final: ChainBlock }
  | { readonly kind: 'block'; readonly id: BlockId; readonly stage: 'executed' | 'invalid' }
  /** Newly pooled: to be relayed. `from` is the peer who sent them, if any. */
  | { readonly kind: 'transactions'; readonly checked: readonly CheckedTransaction[]; readonly from: PeerId | undefined };

/**
 * One chain at work: the import pipeline, the transactions that wait, the branches, the state after each, and what is durable of them.
 * The one writer of everything below it; imports are queued, reads may come at any time.
 */
export interface Chain extends AsyncDisposable {
  readonly spec: ChainSpec;
  readonly chainId: ChainId;
  readonly genesis: ChainBlock;
  readonly head: ChainBlock;
  /**
   * The highest block of the head's branch that is final, justified, or that the module holds to be safe: see `HeaderRules.safeHeight`. Moves
   * with the head, so a reorganisation may take it back, down to final.
   */
  readonly safe: ChainBlock;
  readonly final: ChainBlock;
  readonly rules: HeaderRules<unknown>;
  readonly treeView: TreeView<unknown>;
  readonly pool: { readonly size: number; readonly bytes: number };
  /**
   * The one import path: own, gossiped and synced blocks alike. A stranger's block that does not execute as its header says is refused;
   * one made here (`own`) is a broken promise of this machine. A block without a rank is taken from the engine only: made here, or a
   * `candidate` that it asked for; from anybody else it is refused with `IMPORT_UNCERTIFIED` before its body is looked at. A block that waits
   * for its certificate, come again with it, is certified.
   *
   * @throws ChainError `CHAIN_BROKEN`, `CHAIN_FAILED`; what the log or the store throws. The chain takes nothing after that.
   */
  importBlock(block: Block, origin?: 'own' | 'candidate'): Promise<Verdict<BlockRef, ImportCode>>;
  /** Gives a block that waits for its certificate the seal that has it; durable before the head moves to it. */
  certify(id: BlockId, seal: Uint8Array): Promise<Verdict<BlockRef, ImportCode>>;
  /**
   * Checks a body ahead of its import, so that signatures are checked in the worker while the block before executes. Only for a block whose
   * header was judged: it costs what an import costs.
   */
  prepare(block: Block): void;
  /** Whether the block is known here, on any branch or below final. */
  has(id: BlockId): Promise<boolean>;
  /** Whether the block is here and waits for its certificate. */
  isUncertified(id: BlockId): boolean;
  /** Canonical block at a height up to the head. */
  at(height: Height): Promise<SealedHeader | undefined>;
  blockById(id: BlockId): Promise<Block | undefined>;
  /** Ids of our branch, newest first, thinning out: what to send to a peer who shall find the common ancestor. */
  locator(): readonly BlockId[];
  /** Canonical headers after the newest block of the locator that we know as canonical; up to `max`. */
  headersAfter(locator: readonly BlockId[], max: number): Promise<readonly SealedHeader[]>;
  /** A header up to `to` that is final, with what shows it to who knows the final block `from`. Undefined: headers in between must be followed. */
  jump(from: BlockId, to: Height): Promise<HeaderJump | undefined>;
  /** Admits encoded transactions. Signatures are checked in one batch. Resubmitting is harmless. */
  submit(transactions: readonly Uint8Array[], from?: PeerId): Promise<readonly Verdict<{ readonly id: TransactionId; readonly status: 'pooled' | 'known' }, AdmissionCode>[]>;
  pooled(max: number): readonly CheckedTransaction[];
  status(id: TransactionId): Promise<TransactionStatus>;
  /** State after the head, or after a canonical block inside the retention window. */
  stateAt(height?: Height): Promise<{ readonly view: StateView; readonly at: ChainBlock } | undefined>;
  build(request: BuildRequest): Promise<BuiltBlock<Omit<Block, 'seal'>> | undefined>;
  /** The head descends from this block from now on, and moves there if it does not. Not kept: the engine names it again when the chain was opened. */
  justify(ref: BlockRef): Promise<void>;
  /**
   * Moves final up, flushes its state, and forgets other branches. Where many blocks become final at once, that goes in steps of `FINALISED_AT_ONCE_MAX`, each
   * told as `final`, and other work of the chain comes between them: it resolves with the first, when the block is bound to be final, also after a crash.
   */
  finalise(ref: BlockRef): Promise<void>;
  listen(listener: (event: ChainEvent) => void): () => void;
  close(): Promise<void>;
}

/** What the state of a canonical block is known by. */
export interface StateRef {
  readonly height: Height;
  readonly stateRoot: Hash;
}
