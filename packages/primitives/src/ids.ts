/**
 * Names for byte strings and numbers of one meaning. The mark is optional, so a plain value can be given where a named one
 * is asked (it enters at the codec), while a `BlockId` can never be given where a `TransactionId` is asked.
 */
export type Flavor<T, Name extends string> = T & { readonly __flavor?: Name };

/** 32 bytes: hash of the chain spec. */
export type ChainId = Flavor<Uint8Array, 'ChainId'>;
/** 32 bytes: hash of the header. */
export type BlockId = Flavor<Uint8Array, 'BlockId'>;
/** 32 bytes: tagged hash of the transaction body. */
export type TransactionId = Flavor<Uint8Array, 'TransactionId'>;
/** 20 bytes, for every key scheme. */
export type AccountId = Flavor<Uint8Array, 'AccountId'>;
/** 32 bytes. */
export type StateRoot = Flavor<Uint8Array, 'StateRoot'>;
/** 32 bytes. */
export type Hash = Flavor<Uint8Array, 'Hash'>;
/** Blocks since genesis, which is 0; a whole number up to 2^53 - 1. */
export type Height = Flavor<number, 'Height'>;
/** Atomic units of the chain's native coin. */
export type Amount = Flavor<bigint, 'Amount'>;
/** An id of a peer as text; its form belongs to the P2P implementation. */
export type PeerId = Flavor<string, 'PeerId'>;
