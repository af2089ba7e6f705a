import type { AccountId, BlockId, ChainId, Height, TransactionId, Verdict } from '@vsys/primitives';

/** What the block says to everything that runs in it. */
export interface BlockContext {
  readonly chainId: ChainId;
  readonly height: Height;
  readonly timeMs: number;
  readonly parent: BlockId;
}

/** What one operation runs with. */
export interface OperationContext {
  readonly block: BlockContext;
  readonly transactionId: TransactionId;
  /** Position of the operation in its transaction, from 0. */
  readonly index: number;
  /** Operations of the transaction. */
  readonly count: number;
  readonly actor: AccountId;
  readonly payer: AccountId;
  /** Accounts whose keys signed the transaction, in order of its authorizations: the payer is among them, the actor need not be. */
  readonly signers: readonly AccountId[];
  readonly state: StateAccess;
  readonly gas: GasMeter;
}

/**
 * State as an operation sees it: synchronous, over keys that the executor loaded before. A key that was not loaded interrupts
 * the operation; the executor loads it and runs the operation again from its start. So a container must be a pure function
 * of its context, and `get` must not be caught.
 */
export interface StateAccess {
  get(key: Uint8Array): Uint8Array | undefined;
  /**
   * Says which keys will be read, once the operation knows: those not loaded are loaded in one batch, and the operation begins again.
   * Without it every such key costs a run of its own.
   */
  need(keys: readonly Uint8Array[]): void;
  /** Value `undefined` deletes. Visible to later reads at once; undone when the transaction fails. */
  set(key: Uint8Array, value: Uint8Array | undefined): void;
  /**
   * Deletes every key that begins with the prefix, however many there are, at the cost of one delete: the subtree is cut off. Such keys need not be loaded
   * and count as absent from then on, until they are set again.
   */
  dropPrefix(prefix: Uint8Array): void;
}

/** Keys that lie between two, of which the parent's state is asked for as many as the limit. */
export interface KeyRange {
  /** Included. */
  readonly from: Uint8Array;
  /** Not included. */
  readonly to: Uint8Array;
  readonly limit: number;
}

/** State at the end of a block, where also what is not known by its key can be found: with a limit, since no operation paid for it. */
export interface OrderedStateAccess extends StateAccess {
  /** The first keys of a range that have a value, in order. Their values are loaded with them. */
  keysIn(range: KeyRange): readonly Uint8Array[];
}

export interface GasMeter {
  readonly used: bigint;
  /** Interrupts the operation when the transaction's gas does not suffice; must not be caught. */
  charge(units: bigint): void;
}

/** What the end of a block runs with. */
export interface BlockEnd {
  readonly block: BlockContext;
  /** Who made the block, where the consensus module knows accounts. */
  readonly author?: AccountId;
  /** Accounts whose coin balance differs from that of the parent's state: in order of their bytes, each once. */
  readonly balancesChanged: readonly AccountId[];
  readonly state: OrderedStateAccess;
}

/** An actor who did not sign, and what it wants to do. */
export interface ActorRequest {
  readonly actor: AccountId;
  readonly signers: readonly AccountId[];
  readonly block: BlockContext;
  /** Name of the container, and what the operation is called there: see `Container.actionOf`. */
  readonly container: string;
  readonly action: string;
  readonly state: StateAccess;
  readonly gas: GasMeter;
}

/** Who may act as an identity that is no account of a key. Asked before each operation whose actor did not sign, with the state as it stands then. */
export interface ActorAuthority {
  /** Keys that the answer will probably read. May be incomplete. */
  touches(actor: AccountId): readonly Uint8Array[];
  /** Pure, and bounded like an operation. A refusal fails the transaction, which keeps its fee and says why. */
  mayAct(request: ActorRequest): Verdict<void>;
}

/** Business logic that runs operations. Pluggable: a chain spec names its containers. */
export interface Container {
  /** As operations name it. Also the name of its key space: all its keys begin with `containerPrefix(name)`. */
  readonly name: string;
  readonly version: number;
  /**
   * Other containers in whose key space it writes, by the functions that they export for it: a system container that moves coins. Everyone else
   * leaves what others own alone.
   */
  readonly alsoWrites?: readonly string[];
  /** Checks a payload without state, before admission. Refusals name the field. */
  check(payload: Uint8Array): Verdict<void>;
  /** Keys that the operation will probably read, so that they can be loaded in one batch. May be incomplete. */
  touches(payload: Uint8Array, actor: AccountId, block: BlockContext): readonly Uint8Array[];
  /** Runs one operation. A refusal fails the whole transaction, which keeps its fee and says why. */
  execute(payload: Uint8Array, context: OperationContext): Verdict<Uint8Array>;
  /**
   * Runs once after the operations of every block, the chain's containers in order of name, that of the consensus module last: rewards, tables that follow balances, bounded sweeps. It
   * begins again after a miss as an operation does, pays no gas, and may not fail: so its work per block must be bounded by the container.
   */
  endBlock?(end: BlockEnd): void;
  /** What an operation is called where rights are given for one kind and not for another: 1 to 32 letters. Absent: they have no names, and rights are for all. */
  actionOf?(payload: Uint8Array): string;
  /** Decides for all containers of the chain who may act for whom; one container at most has it. */
  readonly authority?: ActorAuthority;
  /** State at genesis, from the spec's parameters. */
  genesis?(params: Uint8Array): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
}

/** First byte of every key of state is the length of the container's name, then the name: key spaces never overlap. */
export function containerPrefix(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  const prefix = new Uint8Array(1 + bytes.length);
  prefix[0] = bytes.length;
  prefix.set(bytes, 1);
  return prefix;
}
