import { toHex } from '@vsys/primitives';
import { createSigner, type Signer } from '@vsys/crypto';
import { publicSecret } from '@vsys/app-node/network';
import { type ChainSpec, chainId, createTransaction, type Operation, transactionId, transactionToBytes } from '@vsys/data-format';
import type { Value } from '@vsys/data-format/value';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import type { TransactionStatusJson } from '@vsys/rpc';
import { createCaller } from '@vsys/rpc/client';
import { transfer } from '@vsys/transaction';

export type Stage = 'pooled' | 'included' | 'safe' | 'final';

/** One write of a client, with what it was told about it. */
export interface Write {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly client: number;
  readonly what:
    | { readonly kind: 'setup' | 'count' }
    | { readonly kind: 'transfer'; readonly amount: bigint }
    | { readonly kind: 'insert'; readonly key: string; readonly group: string; readonly number: bigint };
  /** When a node said it for the first time, and which block it named. */
  readonly told: Map<Stage, { readonly atMs: number; readonly node: number; readonly height: number; readonly blockId: string }>;
}

/** Clients of the whole network: they write, send again what is not final, and keep what they were told. */
export interface WriteLoad {
  readonly writes: readonly Write[];
  /** One new write for each client, old ones again, and a look at what became of them. Nodes that do not answer are passed over. */
  tick(urls: readonly (string | undefined)[], isNew: boolean): Promise<void>;
  readonly database: Uint8Array;
  /** The account that a client pays: it holds the sum of its transfers. */
  sinkOf(client: number): Signer;
  /** Something a node said that cannot be. */
  readonly broken: readonly string[];
}

export const COLLECTION = 'writes';
export const COUNTER = 'counter';
export const GROUPS = 5;
const OPEN_MAX = 60;
const LOOKS_PER_TICK = 12;
const AGAIN_PER_TICK = 40;
const CALL_MS_MAX = 3_000;
const STAGES: readonly Stage[] = ['pooled', 'included', 'safe', 'final'];

export function createWriteLoad(spec: ChainSpec, clients: readonly Signer[], random: { below(below: number): number }): WriteLoad {
  const chain = chainId(spec);
  const writes: Write[] = [];
  const broken: string[] = [];
  const sequences = clients.map(() => 0n);
  const owner = clients[0] as Signer;
  const database = databaseId(owner.account, 'faults');
  const documents = collectionOps(database, COLLECTION);
  const sinks = clients.map((_, i) => createSigner('ed25519', publicSecret(`sink ${i}`)));
  const finalBlocks = new Map<number, string>();

  /** The first client keeps documents; the others pay. Every value is there once. */
  const drawn = (client: number, sequence: bigint): { readonly what: Write['what']; readonly operations: readonly Operation[] } => {
    if (client > 0) {
      const amount = 1n + sequence * BigInt(clients.length) + BigInt(client);
      return { what: { kind: 'transfer', amount }, operations: [transfer((sinks[client] as Signer).account, amount)] };
    }
    if (sequence === 0n) {
      const index = (name: string, unique: boolean): { name: string; unique: boolean; fields: { path: string; direction: 1 }[] } => ({ name, unique, fields: [{ path: name, direction: 1 }] });
      return { what: { kind: 'setup' }, operations: [createDatabase('faults'), documents.create([index('key', true), index('group', false), index('number', false)]), documents.insert([new Map<string, Value>([['_id', COUNTER], ['key', COUNTER], ['group', COUNTER], ['number', -1n]])])] };
    }
    if (sequence % 4n === 0n) return { what: { kind: 'count' }, operations: [documents.patch(COUNTER, { inc: new Map([['count', 1n]]) })] };
    const key = `w${sequence}`;
    const group = `g${sequence % BigInt(GROUPS)}`;
    return { what: { kind: 'insert', key, group, number: sequence }, operations: [documents.insert([new Map<string, Value>([['_id', key], ['key', `k-${key}`], ['group', group], ['number', sequence]])])] };
  };

  const make = (client: number): Write => {
    const signer = clients[client] as Signer;
    const sequence = sequences[client] as bigint;
    sequences[client] = sequence + 1n;
    const { what, operations } = drawn(client, sequence);
    const transaction = createTransaction({ chainId: chain, payer: signer.account, lane: 0, sequence, validUntil: 1_000_000, feeMax: 10_000_000n, gasMax: 500_000n, operations }, [signer]);
    const made: Write = { id: toHex(transactionId(transaction.bodyBytes)), bytes: transactionToBytes(transaction), client, what, told: new Map() };
    writes.push(made);
    return made;
  };

  const tell = (write: Write, node: number, stage: Stage, height: number, blockId: string): void => {
    // What is final was included too.
    for (const one of STAGES.slice(0, STAGES.indexOf(stage) + 1)) if (!write.told.has(one)) write.told.set(one, { atMs: Date.now(), node, height, blockId });
  };
  const look = (write: Write, node: number, status: TransactionStatusJson): void => {
    if (status.kind === 'dropped') broken.push(`write ${write.id.slice(0, 12)} of client ${write.client} was dropped with ${status.code} by node ${node}, though it is valid`);
    if (status.kind === 'pooled') tell(write, node, 'pooled', 0, '');
    if (status.kind !== 'included' && status.kind !== 'safe' && status.kind !== 'final') return;
    if (status.receipt.status === 'failed') broken.push(`write ${write.id.slice(0, 12)} failed with ${status.receipt.code}, though it is valid`);
    tell(write, node, status.kind, status.height, status.blockId);
    if (status.kind !== 'final') return;
    const other = finalBlocks.get(status.height);
    if (other !== undefined && other !== status.blockId) broken.push(`node ${node} holds ${status.blockId.slice(0, 12)} final at height ${status.height}, another client was told ${other.slice(0, 12)}`);
    finalBlocks.set(status.height, status.blockId);
  };

  /** A client asks another node when one is down, frozen, cut off, or busy. */
  const reached = async (ask: () => Promise<void>): Promise<void> => {
    try {
      await ask();
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (!/^(?:CLIENT_|RPC_BUSY|RPC_INTERNAL|CHAIN_CLOSED)/.test(code)) broken.push(`a client was told ${code} ${(error as Error).message}`);
    }
  };

  return {
    writes, broken, database,
    sinkOf: (client) => sinks[client] as Signer,
    async tick(urls, isNew) {
      const up = urls.flatMap((url, node) => (url === undefined ? [] : [{ url, node }]));
      if (up.length === 0) return;
      const pick = (): (typeof up)[number] => up[random.below(up.length)] as (typeof up)[number];
      const open = writes.filter(({ told }) => !told.has('final'));
      const fresh = isNew && open.length < OPEN_MAX ? clients.map((_, client) => make(client)) : [];
      const taker = pick();
      const offered = [...open.slice(0, AGAIN_PER_TICK), ...fresh];
      if (offered.length === 0) return;
      await reached(async () => {
        const call = createCaller({ url: taker.url, timeoutMs: CALL_MS_MAX });
        const { results } = await call('tx_submit', { transactions: offered.map(({ bytes }) => Buffer.from(bytes).toString('base64')) });
        for (const [i, result] of results.entries()) if ('status' in result && result.status === 'pooled') tell(offered[i] as Write, taker.node, 'pooled', 0, '');
      });
      const asked = pick();
      await reached(async () => {
        const call = createCaller({ url: asked.url, timeoutMs: CALL_MS_MAX });
        const looked = open.slice(0, LOOKS_PER_TICK);
        const statuses = await Promise.all(looked.map(({ id }) => call('tx_status', { id })));
        for (const [i, status] of statuses.entries()) look(looked[i] as Write, asked.node, status);
      });
    },
  };
}
