import { join } from 'node:path';
import { createSignatureVerifier } from '@vsys/crypto';
import { blockId, chainId, createTransaction, type Operation, transactionToBytes } from '@vsys/data-format';
import { encodeIndexKey, type Value } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey, documentFromRecord, documentKey, documentPrefix } from '@vsys/database/layout';
import { collectionOps, createDatabase } from '@vsys/database/ops';
import { planQuery } from '@vsys/database-query/verify';
import type { Query } from '@vsys/database-query';
import { invariant } from '@vsys/primitives';
import type { StateView } from '@vsys/state';
import { benchSigner } from './bench-chain.ts';
import { COLLECTION, documentsDatabase, INDEXES } from './documents-chain.ts';
import { assertRows, type DocumentsSide, ownCpuMs, RANGE_ROWS, spent } from './documents-sides.ts';
import { documentOf400 } from './document-of-400.ts';
import { openChain } from './open-chain.ts';

const ROWS_PER_TRANSACTION = 500;
/** A block is final, and flushed with its indexes, when so many are above it: as late as with votes on every block. */
const NOT_FINAL = 2;

export interface DocumentsHere extends DocumentsSide, AsyncDisposable {
  readonly folder: { readonly store: string; readonly log: string };
  /** The newest state. */
  view(): Promise<StateView>;
}

export function countryQuery(country: string): Query {
  return { ...PLACE, filter: new Map([['country', country]]), sort: [{ path: 'population', direction: -1 }], limit: RANGE_ROWS };
}

export function idQuery(id: number): Query {
  return { ...PLACE, filter: new Map<string, Value>([['_id', BigInt(id)]]) };
}

const owner = benchSigner('owner');
const PLACE = { database: documentsDatabase(owner), collection: COLLECTION };

/** A chain in this process: each batch is signed transactions, admitted, built into a block with its state root, imported with a synced append to the log, and the block before last made final. */
export async function openDocumentsHere(folder: string): Promise<DocumentsHere> {
  await using undo = new AsyncDisposableStack();
  const verifier = undo.adopt(createSignatureVerifier(), (one) => one.close());
  const { chain, build, spec, firstSlot } = undo.use(await openChain(folder, { funded: ['owner'], verifier }));
  const id = chainId(spec);
  const documents = collectionOps(PLACE.database, COLLECTION);
  const prefix = documentPrefix(PLACE.database, COLLECTION);
  let sequence = 0n;
  let slot = firstSlot;
  await commit([sign([createDatabase('world'), documents.create(INDEXES)])]);
  const opened = undo.move();
  return {
    folder: { store: join(folder, 'store'), log: join(folder, 'blocks') },
    insert, get, range, update, view,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };

  function insert(first: number, batches: readonly number[]): ReturnType<DocumentsSide['insert']> {
    let at = first;
    const blocks = batches.map((rows) => {
      const transactions: Uint8Array[] = [];
      for (const end = at + rows; at < end;) {
        const of = Array.from({ length: Math.min(ROWS_PER_TRANSACTION, end - at) }, () => documentOf400(at++));
        transactions.push(sign([documents.insert(of)]));
      }
      return transactions;
    });
    return spent(ownCpuMs, async () => {
      for (const block of blocks) await commit(block);
    });
  }

  async function get(ids: readonly number[]): ReturnType<DocumentsSide['get']> {
    const state = await view();
    return spent(ownCpuMs, async () => {
      for (const one of ids) {
        const key = encodeIndexKey([BigInt(one)]);
        invariant(key.ok, 'a number is a key');
        const record = await state.get(documentKey(prefix, key.value));
        assertRows(record === undefined ? 0 : documentFromRecord(record).document.get('_id') === BigInt(one) ? 1 : 0, 1);
      }
    });
  }

  async function range(countries: readonly string[]): ReturnType<DocumentsSide['range']> {
    const state = await view();
    return spent(ownCpuMs, async () => {
      for (const country of countries) {
        const record = await state.get(collectionKey(PLACE.database, COLLECTION));
        const plan = planQuery(collectionFromRecord(record as Uint8Array), countryQuery(country));
        invariant(plan.ok && plan.value.kind === 'rows', 'a country is answered along its index');
        const rows = await state.range({ ...plan.value.bounds, limit: RANGE_ROWS, reverse: plan.value.explanation.reverse });
        const found = await state.getMany(rows.map(({ value }) => documentKey(prefix, value)));
        assertRows(found.filter((one) => one !== undefined && documentFromRecord(one).document.get('country') === country).length, RANGE_ROWS);
      }
    });
  }

  function update(ids: readonly number[]): ReturnType<DocumentsSide['update']> {
    const blocks = ids.map((one) => [sign([documents.patch(BigInt(one), { inc: new Map([['population', 1n]]) })])]);
    return spent(ownCpuMs, async () => {
      for (const block of blocks) await commit(block);
    });
  }

  function sign(operations: readonly Operation[]): Uint8Array {
    const body = { chainId: id, payer: owner.account, lane: 0, sequence: sequence++, validUntil: 1_000_000, feeMax: 20_000_000n, gasMax: 10_000_000n, operations };
    return transactionToBytes(createTransaction(body, [owner]));
  }

  async function commit(transactions: readonly Uint8Array[]): Promise<void> {
    const refused = (await chain.submit(transactions)).find((verdict) => !verdict.ok);
    invariant(refused === undefined, 'a bench sends what is admitted', refused as never);
    const block = await build(chain.head.id, ++slot);
    invariant(block.transactions.length === transactions.length, 'a block of a bench takes all that waits');
    const imported = await chain.importBlock(block);
    invariant(imported.ok, 'a block of a bench is valid', imported as never);
    const final = await chain.at(Math.max(0, chain.head.height - NOT_FINAL));
    if (final !== undefined && final.header.height > 0) await chain.finalise({ height: final.header.height, id: blockId(final.header) });
  }

  async function view(): Promise<StateView> {
    const state = await chain.stateAt();
    invariant(state !== undefined, 'a chain has the state of its head');
    return state.view;
  }
}
