import type { AccountId, BlockId, ChainId, Hash, Height, StateRoot } from '@vsys/primitives';

/** What the layers exchange, as plain values. The bytes of each are in `docs/spec/data-format.md`. */

/** Where a side block stands on its main chain. */
export interface MainReference {
  readonly chainId: ChainId;
  readonly height: Height;
  readonly blockId: BlockId;
}

/** Neutral to consensus: what a module needs beyond this travels in `ext`, which only the module reads. */
export interface Header {
  readonly version: number;
  readonly chainId: ChainId;
  readonly height: Height;
  /** 32 zero bytes in genesis. */
  readonly parent: BlockId;
  readonly timeMs: number;
  readonly bodyRoot: Hash;
  readonly receiptsRoot: Hash;
  /** After this block. */
  readonly stateRoot: StateRoot;
  readonly seatSetRoot: Hash;
  readonly nextSeatSetRoot: Hash;
  /** Accumulator of all earlier block ids. */
  readonly historyRoot: Hash;
  readonly gasUsed: bigint;
  readonly mainReference?: MainReference;
  readonly ext: Uint8Array;
}

/** The seal travels beside the header and signs its id, so that one content has one id. */
export interface SealedHeader {
  readonly header: Header;
  readonly seal: Uint8Array;
}

export interface Block extends SealedHeader {
  /** Encoded transactions, in order of execution. */
  readonly transactions: readonly Uint8Array[];
}

export interface Operation {
  /** Name of the container that executes it, such as `database`. */
  readonly container: string;
  readonly payload: Uint8Array;
  /** Who acts; absent: the payer. */
  readonly actor?: AccountId;
}

export interface TransactionBody {
  readonly chainId: ChainId;
  readonly payer: AccountId;
  /** Each lane counts from 0 by itself, so that one key can write in parallel. */
  readonly lane: number;
  readonly sequence: bigint;
  /** Last height at which it may be included. */
  readonly validUntil: Height;
  /** Most that the payer will pay, in atomic units. */
  readonly feeMax: bigint;
  readonly gasMax: bigint;
  /** Executed together or not at all. */
  readonly operations: readonly Operation[];
}

export interface Authorization {
  /** Tag of the key scheme: 1 ed25519, 2 secp256k1, 3 vsys. */
  readonly scheme: number;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Transaction {
  /** Canonical bytes of the body: what is hashed and signed. */
  readonly bodyBytes: Uint8Array;
  readonly body: TransactionBody;
  readonly authorizations: readonly Authorization[];
}

export interface Receipt {
  readonly status: 'ok' | 'failed';
  /** Why it failed; empty when it did not. */
  readonly code: string;
  readonly gasUsed: bigint;
  readonly feePaid: bigint;
  /** One result per operation; empty when it failed. */
  readonly results: readonly Uint8Array[];
}

export interface ChainLimits {
  readonly blockBytesMax: number;
  readonly blockGasMax: bigint;
  readonly transactionBytesMax: number;
}

export interface FeeRules {
  /** Atomic units per encoded byte and per unit of gas; 0 on a chain without fees. */
  readonly perByte: bigint;
  readonly perGas: bigint;
  readonly to: 'burn' | 'author';
}

export interface ChainSpec {
  readonly version: number;
  readonly name: string;
  readonly symbol: string;
  readonly network: 'main' | 'test' | 'private';
  readonly genesisTimeMs: number;
  readonly limits: ChainLimits;
  readonly fees: FeeRules;
  /** `params` are the module's own canonical bytes. */
  readonly consensus: { readonly module: string; readonly params: Uint8Array };
  /** In order of name. */
  readonly containers: readonly { readonly name: string; readonly version: number; readonly params: Uint8Array }[];
  /** In order of account. */
  readonly balances: readonly { readonly account: AccountId; readonly amount: bigint }[];
  readonly mainReference?: MainReference;
  readonly salt: Uint8Array;
}
