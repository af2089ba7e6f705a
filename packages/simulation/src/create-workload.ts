import { hasCode, type Random, toHex } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import { type ChainSpec, chainId, createTransaction, type Operation, transactionId, transactionToBytes } from '@vsys/data-format';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import { transfer } from '@vsys/transaction';
import type { TransactionStatus } from '@vsys/consensus';
import type { Node } from '@vsys/node';
import type { ViolationKind } from './violation.ts';

/** Clients of the chain: they send, send again what is not final, and remember what they were told. */
export interface Workload {
  /** One new transaction, some old ones again, and a look at what became of them. */
  tick(nodes: readonly Node[], isNew: boolean): Promise<void>;
  /** Asks one node for all transactions: those that were told final are there, and with `all` every one is final. */
  check(node: Node, index: number, all: boolean): Promise<void>;
  /** A client sends operations for others, who signed that they act: it pays. */
  order(operations: readonly Operation[], actors: readonly Signer[]): void;
  readonly sent: number;
  readonly final: number;
  /** Fees of the transactions up to a height, by what the node tells of them. */
  feesUpTo(node: Node, height: number): Promise<bigint>;
}

interface Sent {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
  /** Lives of nodes that took it in: none of them may forget it without a word. */
  readonly heldBy: WeakSet<Node>;
  /** Where it was told to be final, for the first time. */
  told: { readonly height: number; readonly blockId: string } | undefined;
}

/** Sent again with a new one; and when there are no new ones, as then all must come in. */
const AGAIN_PER_TICK = 3;
const AGAIN_AT_END = 16;
const LOOKS_PER_TICK = 4;
const FEE_MAX = 10_000_000n;

export function createWorkload(
  spec: ChainSpec, clients: readonly Signer[], random: Random & { below(below: number): number }, report: (kind: ViolationKind, message: string) => void,
): Workload {
  const id = chainId(spec);
  const sent: Sent[] = [];
  const sequences = clients.map(() => 0n);
  const owner = clients[0] as Signer;
  const people = collectionOps(databaseId(owner.account, 'world'), 'people');
  let documents = 0;

  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;

  /** The first client keeps a collection of documents; the others pay each other. */
  const operationsOf = (client: number, sequence: bigint): readonly Operation[] => {
    if (client > 0) return [transfer(pick(clients).account, BigInt(1 + random.below(1_000)))];
    if (sequence === 0n) return [createDatabase('world'), people.create([{ name: 'age', unique: false, fields: [{ path: 'age', direction: 1 }] }])];
    const document = `p${random.below(Math.max(1, documents))}`;
    switch (random.below(4)) {
      case 0: return [people.patch(document, { inc: new Map([['age', 1n]]) })];
      case 1: return [people.delete(document)];
      default: return [people.insert([new Map<string, string | bigint>([['_id', `p${documents++}`], ['age', BigInt(random.below(90))]])])];
    }
  };

  const make = (client = random.below(clients.length), operations = operationsOf(client, sequences[client] as bigint), actors: readonly Signer[] = []): Sent => {
    const signer = clients[client] as Signer;
    const sequence = sequences[client] as bigint;
    sequences[client] = sequence + 1n;
    const transaction = createTransaction({ chainId: id, payer: signer.account, lane: 0, sequence, validUntil: 1_000_000, feeMax: FEE_MAX, gasMax: 500_000n, operations }, [signer, ...actors]);
    const made: Sent = { id: transactionId(transaction.bodyBytes), bytes: transactionToBytes(transaction), heldBy: new WeakSet(), told: undefined };
    sent.push(made);
    return made;
  };

  /** A node that stops meanwhile says so; a client asks another one. */
  const unlessStopped = async (ask: () => Promise<void>): Promise<void> => {
    try {
      await ask();
    } catch (error) {
      if (!hasCode(error, 'CHAIN_CLOSED') && !hasCode(error, 'CHAIN_FAILED') && !hasCode(error, 'STATE_CLOSED')) throw error;
    }
  };

  const look = async (node: Node, one: Sent): Promise<boolean> => {
    const { height } = node.chain.final;
    const status = await node.chain.status(one.id);
    if (status.kind === 'unknown' && one.heldBy.has(node)) report('pool-lost', `transaction ${toHex(one.id).slice(0, 12)} was taken in by a node that now does not know it`);
    if (status.kind === 'final') {
      const found = { height: status.height, blockId: toHex(status.blockId) };
      one.told ??= found;
      if (found.height !== one.told.height || found.blockId !== one.told.blockId) report('final-lost', `transaction ${toHex(one.id).slice(0, 12)} was told final at ${one.told.height} ${one.told.blockId.slice(0, 12)} and is at ${found.height} ${found.blockId.slice(0, 12)}`);
    } else if (one.told !== undefined && height >= one.told.height && !(isOnBranch(status) && toHex(status.blockId) === one.told.blockId)) {
      // A block that becomes final is told so when that is durable; until then its transactions are still included.
      report('final-lost', `transaction ${toHex(one.id).slice(0, 12)} was told final at ${one.told.height}, and a node that holds ${height} final says ${status.kind}`);
    }
    return status.kind === 'final';
  };

  return {
    // The second client's: the first one begins with its collection.
    order: (operations, actors) => void make(1, operations, actors),
    get sent() { return sent.length; },
    get final() { return sent.filter(({ told }) => told !== undefined).length; },
    async tick(nodes, isNew) {
      const fresh = isNew ? [make()] : [];
      if (nodes.length === 0) return;
      const open = sent.filter(({ told }) => told === undefined);
      const taker = pick(nodes);
      const offered = [...fresh, ...open.slice(0, isNew ? AGAIN_PER_TICK : AGAIN_AT_END)];
      await unlessStopped(async () => {
        const verdicts = await taker.chain.submit(offered.map(({ bytes }) => bytes));
        for (const [i, verdict] of verdicts.entries()) if (verdict.ok) offered[i]?.heldBy.add(taker);
      });
      const told = sent.filter((one) => one.told !== undefined);
      const looked = [...open.slice(0, LOOKS_PER_TICK), ...(told.length === 0 ? [] : [pick(told), pick(told)])];
      const node = pick(nodes);
      await unlessStopped(async () => {
        for (const one of looked) await look(node, one);
      });
    },
    async check(node, index, all) {
      for (const one of sent) {
        const final = await look(node, one);
        if (!all || final) continue;
        const status = await node.chain.status(one.id);
        return report('transaction-missing', `transaction ${toHex(one.id).slice(0, 12)} is ${status.kind} at node ${index}${status.kind === 'dropped' ? ` (${status.code})` : ''}, though clients sent it again and again`);
      }
    },
    async feesUpTo(node, height) {
      let fees = 0n;
      for (const one of sent) {
        const status = await node.chain.status(one.id);
        if (status.kind === 'final' && status.height <= height) fees += status.receipt.feePaid;
      }
      return fees;
    },
  };
}

function isOnBranch(status: TransactionStatus): status is Extract<TransactionStatus, { blockId: Uint8Array }> {
  return 'blockId' in status;
}
