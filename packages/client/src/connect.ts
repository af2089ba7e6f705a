import { addressToAccount } from '@vsys/crypto/sign';
import { toHex } from '@vsys/primitives';
import { chainId as chainIdOf, type ChainSpec } from '@vsys/data-format';
import { type Call, type CallOptions, type Client, createClient, type Followed } from '@vsys/rpc/client';
import { transfer } from '@vsys/transaction/layout';
import { createChainCore } from './chain-core.ts';
import { clientFailure } from './client-failure.ts';
import { Collection, type CollectionOptions } from './collection.ts';
import type { DatabaseStats, QuotaOptions, WriteOptions } from './collection-types.ts';
import { createDatabase } from './database.ts';
import type { SendOptions } from './lane.ts';
import type { Infer, Schema } from './schema.ts';
import { Session } from './session.ts';
import { type TrustOptions, type TrustOrigin, trustOf } from './trust.ts';
import type { Wallet } from './wallet.ts';
import { Write } from './write.ts';

export interface ConnectOptions extends TrustOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A database by name: of its writer, unless an owner is named, as 0x-hex or address. */
export type DatabaseName = string | { readonly owner: string | Uint8Array; readonly name: string };

export interface Database {
  readonly name: string;
  /** Documents as the schema tells. */
  collection<const S extends Schema>(name: string, options: Omit<CollectionOptions, 'schema'> & { readonly schema: S }): Collection<Infer<S>>;
  /** Documents as you tell. */
  collection<T extends object = Record<string, unknown>>(name: string, options?: CollectionOptions): Collection<T>;
  /** The database with all its collections. Its name is free in the next operation; deposits go back in the blocks that follow. */
  drop(wallet: Wallet, options?: WriteOptions): Write<object>;
  /** How much it may hold in all its collections; `{}`: anything. What is there stays. */
  setQuota(wallet: Wallet, quota: QuotaOptions, options?: WriteOptions): Write<object>;
  /** How much it holds and may hold. Proven. */
  stats(options?: { readonly asOf?: number; readonly signal?: AbortSignal }): Promise<DatabaseStats>;
}

/** A chain, seen through one node that is not believed. */
export interface Chain extends Disposable {
  readonly spec: ChainSpec;
  /** Hex. */
  readonly chainId: string;
  /** `given` when the chain was named by its id or spec; `node` when the node said which chain it is: then proofs hold it to its own word only. */
  readonly trust: TrustOrigin;
  /** How far headers are verified. */
  readonly followed: Followed;
  /** The client underneath: accounts, keys of the state, blocks. */
  readonly client: Client;
  /** Any call, claimed. */
  readonly call: Call;
  db(name: DatabaseName): Database;
  /** Writes of many collections as one transaction: all happen, or none. The function runs again when what it read changed before its block. */
  withTransaction<R>(wallet: Wallet, run: (session: Session) => Promise<R>, options?: SendOptions & { readonly lane?: number | undefined }): Write<{ readonly value: R }>;
  /** @param to - 0x-hex, address or bytes @param amount - atomic units */
  transfer(wallet: Wallet, to: string | Uint8Array, amount: bigint, options?: SendOptions): Write<object>;
  /** Atomic units. Proven. */
  balance(account: string | Uint8Array | Wallet, options?: CallOptions): Promise<bigint>;
  /** Catches up with the headers of the node. */
  follow(): Promise<Followed>;
  /** For `checkpoint` of a later `connect`, which then begins at the final block of now. Keep it where nobody else writes. */
  checkpoint(): Uint8Array;
  close(): void;
}

/**
 * Opens a chain through one of its nodes. The node is believed nothing that can be checked: headers are followed by the chain's own rules, and answers come with proofs.
 *
 * Which chain it is, is yours to say: give its `chainId` or `spec`. Without, the node says it, which does for trials; a main network is refused so.
 *
 * @throws ClientError CLIENT_UNREACHABLE, CLIENT_TRUST, CLIENT_WRONG_CHAIN, CLIENT_MODULE, CLIENT_CHECKPOINT
 * @example
 * using chain = await connect('http://localhost:9922');
 * const notes = chain.db({ owner: '0x…', name: 'notes' }).collection('note');
 * for await (const note of notes.find({ done: false })) console.log(note.text);
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Chain> {
  const { signal } = options;
  const { trust, origin } = await trustOf(url, options, { signal });
  const client = createClient({ url, trust });
  const core = createChainCore(client, trust.spec);

  return {
    spec: trust.spec, chainId: toHex(chainIdOf(trust.spec)), trust: origin, client, call: client.call,
    get followed() {
      return client.followed;
    },
    db(named) {
      const { name, owner } = typeof named === 'string' ? { name: named, owner: undefined } : { name: named.name, owner: accountOf(named.owner) };
      return createDatabase(core, name, owner);
    },
    withTransaction(wallet, run, sending = {}) {
      core.checkWallet(wallet);
      return new Write(core.lane(wallet, sending.lane), async () => {
        const session = new Session(client, sending.signal);
        const value = await run(session);
        const { operations, wasRead } = await session.end();
        return { groups: operations.length === 0 ? [] : [operations], result: { value }, again: wasRead, block: client.followed.tip };
      }, sending);
    },
    transfer(wallet, to, amount, sending = {}) {
      core.checkWallet(wallet);
      return new Write(core.lane(wallet, 0), async () => ({ groups: [[transfer(accountOf(to), amount)]], result: {} }), sending);
    },
    balance: async (account, asked = {}) => (await client.account(accountOf(account), asked)).balance,
    follow: () => client.follow(),
    checkpoint: () => client.checkpoint(),
    close: () => client.close(),
    [Symbol.dispose]: () => client.close(),
  };
}

function accountOf(named: string | Uint8Array | Wallet): Uint8Array {
  if (named instanceof Uint8Array) return named;
  if (typeof named !== 'string') return named.account;
  const read = addressToAccount(named);
  if (!read.ok) throw clientFailure('CLIENT_OWNER', `"${named.slice(0, 60)}" is no account: ${read.message}`);
  return read.value.account;
}
