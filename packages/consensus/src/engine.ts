import type { Rank } from '@vsys/block-tree';
import type { Header } from '@vsys/data-format';
import type { BlockId, Height, PeerId } from '@vsys/primitives';
import type { BlockRef, PublicKeyOf } from './rules.ts';

/**
 * A pure reducer that produces blocks and finality: the same state, input and view give the same effects. It owns no clock, socket, disk
 * or key; `nowMs` comes in with each input, and all it must remember lies in the chain or behind `persist`. Its state is data: from a copy of it every
 * step gives the same.
 */
export interface Engine<C = unknown, S = unknown> {
  init(saved: Uint8Array | undefined, view: TreeView<C>, nowMs: number): Step<S>;
  step(state: S, input: EngineInput, view: TreeView<C>): Step<S>;
}

export interface Step<S> {
  readonly state: S;
  readonly effects: readonly Effect[];
}

/** The block tree as an engine sees it. */
export interface TreeView<C = unknown> {
  readonly head: ViewedBlock<C>;
  readonly final: BlockRef;
  readonly justified: BlockRef;
  /** Height of the block that the module began with, where that is not the chain's first. */
  readonly began?: Height;
  get(id: BlockId): ViewedBlock<C> | undefined;
  isAncestor(ancestor: BlockId, descendant: BlockId): boolean;
  /** Undefined above the block and below final. */
  ancestorAt(id: BlockId, height: Height): BlockRef | undefined;
}

export interface ViewedBlock<C = unknown> extends BlockRef {
  readonly parent: BlockId;
  readonly timeMs: number;
  readonly header: Header;
  readonly seal: Uint8Array;
  readonly rank: Rank | null;
  readonly context: C;
  readonly executed: boolean;
}

/** What the signer refuses to do twice: see `createSignerGuard`. */
export type Guard =
  /** One block per slot (or turn, or height) and key; slots only grow. */
  | { readonly kind: 'block'; readonly slot: bigint }
  /** One vote per target; target grows, source never falls. */
  | { readonly kind: 'vote'; readonly source: bigint; readonly target: bigint }
  /** One signature per height, round and step, in that order of weight; the three together only grow. */
  | { readonly kind: 'round'; readonly height: bigint; readonly round: number; readonly step: number };

/** What a message or a candidate says of the peer who handed it on: pass it on; do not; do not, and it costs score. */
export type EngineJudgement = 'accept' | 'ignore' | 'reject';

export type EngineInput = { readonly nowMs: number } & (
  | { readonly kind: 'timer'; readonly id: string }
  /** The head of the view changed. */
  | { readonly kind: 'head' }
  | { readonly kind: 'block'; readonly id: BlockId; readonly stage: 'header' | 'executed' | 'invalid' }
  /** Answered by `judge`; without one it is ignored. */
  | { readonly kind: 'message'; readonly from: PeerId; readonly bytes: Uint8Array }
  /** A stranger's block whose header holds and has no rank. It is kept for a while and goes no further without `import`. Answered like a message. */
  | { readonly kind: 'candidate'; readonly from: PeerId; readonly id: BlockId; readonly header: Header; readonly seal: Uint8Array }
  | { readonly kind: 'built'; readonly job: string; readonly id: BlockId; readonly header: Header }
  | { readonly kind: 'unbuilt'; readonly job: string }
  | { readonly kind: 'signed'; readonly job: string; readonly signature: Uint8Array }
  /** The signer would not, by guard or because it lacks the key. */
  | { readonly kind: 'unsigned'; readonly job: string; readonly code: string }
  | { readonly kind: 'computed'; readonly job: string; readonly bytes: Uint8Array }
  /** A peer is back after a cut: what it may have missed must be sent again. */
  | { readonly kind: 'catchUp'; readonly from: PeerId; readonly have: Height }
  | { readonly kind: 'final'; readonly ref: BlockRef }
);

export interface BuildRequest {
  readonly job: string;
  readonly on: BlockId;
  readonly timeMs: number;
  readonly ext: Uint8Array;
  readonly deadlineMs: number;
  /** Without transactions: the block is there for the rule only. */
  readonly empty?: boolean;
  /** Also on an ancestor of the head. Such a block is refused otherwise, as what stands beside the head is mostly lost. */
  readonly aside?: boolean;
}

export type Effect =
  /** A second timer of the same id replaces the first. Time is absolute. */
  | { readonly kind: 'timer'; readonly id: string; readonly atMs: number }
  /** Fill a body on that parent and answer `built` before the deadline, or `unbuilt`. */
  | ({ readonly kind: 'build' } & BuildRequest)
  | { readonly kind: 'sign'; readonly job: string; readonly key: PublicKeyOf; readonly bytes: Uint8Array; readonly guard: Guard }
  /** The block of this job is complete: import it as if a stranger had sent it. `ext` takes the place of what it was built with, where that depends on the rest of the header, such as the end of a search. */
  | { readonly kind: 'seal'; readonly job: string; readonly seal: Uint8Array; readonly ext?: Uint8Array }
  /** Announce the block of this job, if its import succeeded. */
  | { readonly kind: 'publish'; readonly job: string }
  /** Take this candidate into the tree. Comes back as `block`: executed, invalid, or its header only when it cannot be judged yet. */
  | { readonly kind: 'import'; readonly id: BlockId }
  /** This seal gives a rank to a block of the tree. Nothing that follows is done when it does not. */
  | { readonly kind: 'certify'; readonly id: BlockId; readonly seal: Uint8Array }
  /** Ask this peer for a block that is named and not here. Comes back as `candidate`, or not at all. */
  | { readonly kind: 'fetch'; readonly from: PeerId; readonly id: BlockId }
  /** This peer shows that its head is that high: sync may look whether it is so. */
  | { readonly kind: 'behind'; readonly from: PeerId; readonly height: Height }
  /** What the message or candidate at hand says of its sender. */
  | { readonly kind: 'judge'; readonly judgement: EngineJudgement }
  /** To one peer, or to all. */
  | { readonly kind: 'send'; readonly to?: PeerId; readonly bytes: Uint8Array }
  | { readonly kind: 'justify'; readonly ref: BlockRef }
  | { readonly kind: 'finalise'; readonly ref: BlockRef }
  /** A barrier: durable before the effects that follow. Replaces what was saved; `init` gets it after a restart. */
  | { readonly kind: 'persist'; readonly bytes: Uint8Array }
  | { readonly kind: 'evidence'; readonly bytes: Uint8Array }
  | { readonly kind: 'peer'; readonly id: PeerId; readonly delta: number; readonly why: string }
  /** A slice of long work, by `Consensus.compute`, a little later; answered by `computed`. Another of the same job takes its place. */
  | { readonly kind: 'compute'; readonly job: string; readonly bytes: Uint8Array };
