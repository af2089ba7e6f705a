import type { Operation } from '@vsys/data-format';
import type { Value } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey, countKey, countsFromRecord, databaseId } from '@vsys/database/layout';
import { type CollectionOps, collectionOps } from '@vsys/database/ops';
import { ClientError } from '@vsys/rpc/client';
import { databaseLimits, packDocuments } from './pack-documents.ts';
import { type Changed, changeOf, newDocument, type Step } from './change-ops.ts';
import { type Change, ChangeStream, type WatchOptions } from './change-stream.ts';
import type { ChainCore } from './chain-core.ts';
import { clientFailure } from './client-failure.ts';
import type { BulkResult, BulkStep, ChangeOptions, CollectionStats, DeleteResult, Filter, IdOf, Inserted, InsertManyResult, InsertOneResult, InsertOptions, QuotaOptions, Stored, Update, UpdateResult, UpsertOptions, WriteOptions } from './collection-types.ts';
import { type Cost, operationBytes, payloadBytesMax } from './cost.ts';
import { depositBound } from './deposit-bound.ts';
import { ensureCollection, indexesOf, type IndexSpec } from './ensure-collection.ts';
import { type Difference, readDifferences } from './differences.ts';
import { filterToDocument } from './filter-document.ts';
import { FindCursor } from './find-cursor.ts';
import { expiring, expiryOf, quotaOf } from './lifetime.ts';
import { proofOf, type ReadOptions, type ReadPlace, readRows, type Proof } from './read-rows.ts';
import { schemaToDocument } from './chain-schema.ts';
import type { Schema } from './schema.ts';
import type { Session } from './session.ts';
import { fromValue } from './values.ts';
import type { Wallet } from './wallet.ts';
import { type Prepared, Write } from './write.ts';
import type { BlockRefJson } from '@vsys/rpc';

export interface CollectionOptions {
  /** Looked at before a document is signed, and where the types come from. */
  readonly schema?: Schema | undefined;
  /** `ensure` gives the schema to the chain too, which then holds everybody to it. Default no: it is looked at here alone. */
  readonly enforce?: boolean | undefined;
  readonly index?: readonly IndexSpec[] | undefined;
  /** Who may write: the owner of the database alone, today. */
  readonly write?: 'owner' | undefined;
}

/** A stream of changes that a listener is called for. */
export interface Watching {
  /** Resolves when it was closed. Rejects with CLIENT_LAGGED and what else ended it, or with what the listener threw. */
  readonly done: Promise<void>;
  readonly resumeToken: string | undefined;
  close(): void;
}

/** A collection to be read. Nothing is asked when it is made. */
export class Collection<T extends object> {
  readonly name: string;
  protected readonly core: ChainCore;
  protected readonly databaseName: string;
  protected readonly owner: Uint8Array | undefined;
  protected readonly options: CollectionOptions;

  constructor(core: ChainCore, database: { readonly name: string; readonly owner: Uint8Array | undefined }, name: string, options: CollectionOptions) {
    if (options.write !== undefined && options.write !== 'owner') throw clientFailure('CLIENT_WRITE_RULE', `write is 'owner': the chain knows no other rule of collections yet`);
    this.core = core;
    this.databaseName = database.name;
    this.owner = database.owner;
    this.name = name;
    this.options = options;
  }

  /** Documents that match, read when the cursor is. */
  find(filter: Filter<T> = {} as Filter<T>, options: ReadOptions = {}): FindCursor<Stored<T>> {
    const asked = filterToDocument(filter);
    return new FindCursor((more) => readRows(this.place(), asked, more, options));
  }

  /** The first one that matches, or null. */
  findOne(filter: Filter<T> = {} as Filter<T>, options: ReadOptions = {}): Promise<Stored<T> | null> {
    return this.find(filter, options).first();
  }

  /** How many match. Proven along an index; else they are looked through. */
  async countDocuments(filter: Filter<T> = {} as Filter<T>, options: ReadOptions = {}): Promise<number> {
    return (await this.count(filter, options)).count;
  }

  /** The same, with the block and what stands behind it. */
  async count(filter: Filter<T> = {} as Filter<T>, options: ReadOptions = {}): Promise<{ readonly count: number; readonly proof: Proof; readonly block: BlockRefJson }> {
    const asked = filterToDocument(filter);
    if (options.verify !== false) {
      const { client, database, collection } = this.place();
      const proven = await client.count({ database, collection, filter: asked }, { at: options.asOf, signal: options.signal }).catch(notByIndex);
      if (proven !== undefined) return { count: Number(proven.count), block: proven.block, proof: proofOf(this.place(), proven.block, options.asOf !== undefined) };
    }
    const source = readRows(this.place(), asked, { sort: {}, limit: undefined, skip: 0, batchSize: 1_000 }, options);
    let count = 0;
    for await (const _ of source.rows()) count++;
    return { count, block: source.block as BlockRefJson, proof: source.proof as Proof };
  }

  /**
   * Changes of documents that match before or after them, as blocks confirm them, take them back and make them final. With a listener it is called for each, one after the other; a failure
   * of it, or of the stream, rejects `done`.
   *
   * @example
   * for await (const change of notes.watch({ done: false })) render(change);
   */
  watch(filter?: Filter<T>, options?: WatchOptions): ChangeStream<T>;
  watch(filter: Filter<T>, listener: (change: Change<T>) => unknown, options?: WatchOptions): Watching;
  watch(filter: Filter<T> = {} as Filter<T>, listener?: WatchOptions | ((change: Change<T>) => unknown), options: WatchOptions = {}): ChangeStream<T> | Watching {
    const stream = new ChangeStream<T>(() => this.place(), filterToDocument(filter), typeof listener === 'function' ? options : listener ?? {});
    if (typeof listener !== 'function') return stream;
    const done = stream.each(listener);
    return { done, close: () => stream.close(), get resumeToken() { return stream.resumeToken; } };
  }

  /**
   * What is other in the collection than at an earlier height: each document that came, changed or went, once, in the order of keys. Proven, and that it is all; parts that are equal are not read.
   *
   * @param since - height of a block in the node's window
   * @example
   * for await (const { id, before, after } of notes.diff(height)) console.log(id, before, after);
   */
  diff(since: number, options: Pick<ReadOptions, 'asOf' | 'signal'> = {}): AsyncGenerator<Difference<T>, void, void> {
    return readDifferences(this.place(), since, options);
  }

  /** How much it holds and may hold. */
  async stats(options: Pick<ReadOptions, 'asOf' | 'signal'> = {}): Promise<CollectionStats> {
    const { client, database, collection } = this.place();
    const { values: [record, counts], block } = await client.values([collectionKey(database, collection), countKey(database, collection)], { at: options.asOf, signal: options.signal });
    if (record === undefined) throw new ClientError('QUERY_NO_COLLECTION', `there is no collection "${collection}" in this database; check owner and name`);
    const { quota = {}, ttl } = collectionFromRecord(record);
    const { documents, bytes } = countsFromRecord(counts);
    return { documents, bytes, quota, ...(ttl === undefined ? {} : { ttl }), block };
  }

  /** The same collection with a key that writes. */
  as(wallet: Wallet): WritableCollection<T> {
    this.core.checkWallet(wallet);
    return new WritableCollection(this.core, this.owned(wallet), this.name, this.options, wallet);
  }

  /** Makes database, collection, indexes and, with `enforce`, schema where they are missing, and hands back the collection of this owner. */
  async ensure(wallet: Wallet): Promise<Collection<T>> {
    const { index = [], schema, enforce = false } = this.options;
    const { name, owner } = this.owned(wallet);
    this.core.checkWallet(wallet);
    await ensureCollection(this.core.client, this.core.lane(wallet, 0), owner, name, this.name, { indexes: indexesOf(index), schema: enforce && schema !== undefined ? schemaToDocument(schema) : undefined });
    return new Collection(this.core, { name, owner }, this.name, this.options);
  }

  /** The collection inside a transaction: `withTransaction`. */
  in(session: Session): SessionCollection<T> {
    return new SessionCollection(session, { place: this.place(), schema: this.options.schema });
  }

  /** Where it lies. */
  place(): ReadPlace {
    if (this.owner === undefined) throw clientFailure('CLIENT_OWNER', `whose database "${this.databaseName}" is, is not known: use what ensure(wallet) gives, or db({ owner, name })`);
    return { client: this.core.client, genesisIsClaimed: true, database: databaseId(this.owner, this.databaseName), collection: this.name };
  }

  /** Names are names of an owner: without one it is the writer's own database. */
  protected owned(wallet: Wallet): { readonly name: string; readonly owner: Uint8Array } {
    return { name: this.databaseName, owner: this.owner ?? wallet.account };
  }
}

/** A collection with a key that signs, pays and acts. */
export class WritableCollection<T extends object> extends Collection<T> {
  readonly #wallet: Wallet;

  constructor(core: ChainCore, database: { readonly name: string; readonly owner: Uint8Array }, name: string, options: CollectionOptions, wallet: Wallet) {
    super(core, database, name, options);
    this.#wallet = wallet;
  }

  insertOne(document: Inserted<T>, options: InsertOptions = {}): Write<InsertOneResult<T>> {
    return this.#write({ kind: 'insert', document }, options, ({ ids: [id] }) => ({ insertedId: id as IdOf<T> }));
  }

  /** In as many transactions as they need, one behind the other: each is all or nothing. Those that fit into one are written together or not at all. */
  insertMany(documents: readonly Inserted<T>[], options: InsertOptions = {}): Write<InsertManyResult<T>> {
    return new Write(this.core.lane(this.#wallet, options.lane), async () => {
      const { database, collection } = this.place();
      const fields = documents.map((document) => newDocument(document, this.options.schema));
      const ops = collectionOps(database, collection);
      const expires = await expiryOf(options, this.place());
      // An operation that names what goes stands beside the one that writes it, and may be as long.
      const room = Math.floor((payloadBytesMax(this.core.spec) - 2 * collection.length - 192) / (expires === undefined ? 1 : 2));
      const groups = packDocuments(fields, room, databaseLimits.documentsPerOperationMax).map((group) => [ops.insert(group), ...(expires === undefined ? [] : [ops.expire(group.map((one) => one.get('_id') as Value), expires)])]);
      return { groups, result: { insertedIds: fields.map((one) => fromValue(one.get('_id') ?? null) as IdOf<T>), insertedCount: fields.length }, block: this.core.client.followed.tip };
    }, options);
  }

  updateOne(filter: Filter<T>, update: Update<T>, options: UpsertOptions = {}): Write<UpdateResult<T>> {
    return this.#write({ kind: 'update', filter, update, upsert: options.upsert, ifVersion: options.ifVersion }, options, updateResult<T>);
  }

  /** All that match, together: as many as fit into one transaction. Each on the condition that it is as it was read. */
  updateMany(filter: Filter<T>, update: Update<T>, options: WriteOptions = {}): Write<UpdateResult<T>> {
    return this.#write({ kind: 'update', filter, update, many: true }, options, updateResult<T>);
  }

  replaceOne(filter: Filter<T>, replacement: Omit<T, '_id'>, options: UpsertOptions = {}): Write<UpdateResult<T>> {
    return this.#write({ kind: 'replace', filter, document: replacement, upsert: options.upsert, ifVersion: options.ifVersion }, options, updateResult<T>);
  }

  deleteOne(filter: Filter<T>, options: ChangeOptions = {}): Write<DeleteResult> {
    return this.#write({ kind: 'delete', filter, ifVersion: options.ifVersion }, options, ({ matched }) => ({ deletedCount: matched }));
  }

  deleteMany(filter: Filter<T>, options: WriteOptions = {}): Write<DeleteResult> {
    return this.#write({ kind: 'delete', filter, many: true }, options, ({ matched }) => ({ deletedCount: matched }));
  }

  /** All steps, in their order, in one transaction: all happen, or none. What steps find is read before any of them is written. */
  bulkWrite(steps: readonly BulkStep<T>[], options: WriteOptions = {}): Write<BulkResult> {
    return new Write(this.core.lane(this.#wallet, options.lane), () => this.#bulk(steps, options.signal), options);
  }

  /** What these steps would cost at most, as one transaction, and what they would be: nothing is signed or sent. A deposit comes back when the bytes that it is held for go. */
  async estimate(steps: readonly BulkStep<T>[], { signal }: { readonly signal?: AbortSignal } = {}): Promise<Cost & { readonly operations: number; readonly depositMax: bigint }> {
    const { groups } = await this.#bulk(steps, signal);
    const operations = groups.flat();
    return { ...this.core.lane(this.#wallet, 0).cost(operations), operations: operations.length, depositMax: await depositBound(operations, this.place(), signal) };
  }

  /** The collection with all that is in it. Its name is free in the next operation; deposits go back in the blocks that follow. */
  drop(options: WriteOptions = {}): Write<object> {
    return this.#administer((ops) => ops.drop(), options);
  }

  /** How much it may hold; `{}`: anything. What is there stays. */
  setQuota(quota: QuotaOptions, options: WriteOptions = {}): Write<object> {
    return this.#administer((ops) => ops.setQuota(quotaOf(quota)), options);
  }

  /** Documents that change from now on go so many blocks after their last change; 0: they stay. */
  setTtl(blocks: number, options: WriteOptions = {}): Write<object> {
    return this.#administer((ops) => ops.setTtl(blocks), options);
  }

  #administer(operation: (ops: CollectionOps) => Operation, options: WriteOptions): Write<object> {
    const { database, collection } = this.place();
    return new Write(this.core.lane(this.#wallet, options.lane), async () => ({ groups: [[operation(collectionOps(database, collection))]], result: {} }), options);
  }

  async #bulk(steps: readonly BulkStep<T>[], signal: AbortSignal | undefined): Promise<Prepared<BulkResult>> {
    const touched = new Set<string>();
    const changes: (readonly [Step, Changed])[] = [];
    for (const step of steps.map(stepOf)) changes.push([step, await changeOf(step, { place: this.place(), schema: this.options.schema, signal, touched })]);
    const sum = (kind: Step['kind'] | undefined, of: (changed: Changed) => number): number => changes.filter(([step]) => kind === undefined || step.kind === kind).reduce((total, [, changed]) => total + of(changed), 0);
    const operations = changes.flatMap(([, changed]) => changed.operations);
    return {
      groups: groupOf(operations), again: changes.some(([, { wasRead }]) => wasRead), block: changes.findLast(([, { block }]) => block !== undefined)?.[1].block,
      result: {
        insertedCount: sum('insert', ({ ids }) => ids.length), matchedCount: sum('update', ({ matched }) => matched) + sum('replace', ({ matched }) => matched),
        upsertedCount: sum(undefined, ({ upserted }) => (upserted === undefined ? 0 : 1)), deletedCount: sum('delete', ({ matched }) => matched),
      },
    };
  }

  #write<R extends object>(step: Step, options: InsertOptions, resultOf: (changed: Changed) => R): Write<R> {
    return new Write(this.core.lane(this.#wallet, options.lane), async () => {
      const changed = await changeOf(step, { place: this.place(), schema: this.options.schema, signal: options.signal });
      const { wasRead, block } = changed;
      const written = [...changed.ids, ...(changed.upserted === undefined ? [] : [changed.upserted])];
      const operations = [...changed.operations, ...expiring(written, await expiryOf(options, this.place()), this.place())];
      const bytes = operations.reduce((total, one) => total + operationBytes(one), 0);
      if (operations.length > OPERATIONS_MAX || (operations.length > 1 && bytes > payloadBytesMax(this.core.spec))) throw clientFailure('CLIENT_UPDATE', `${operations.length} documents match, which is more than one transaction changes; narrow the filter`);
      return { groups: groupOf(operations), result: resultOf(changed), block, again: wasRead };
    }, options);
  }
}

/** Of a transaction. */
const OPERATIONS_MAX = 1_000;

function groupOf(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  return operations.length === 0 ? [] : [operations];
}

function updateResult<T>({ matched, upserted }: Changed): UpdateResult<T> {
  return { matchedCount: matched, ...(upserted === undefined ? {} : { upsertedId: upserted as IdOf<T> }) };
}

function stepOf<T>(step: BulkStep<T>): Step {
  if ('insertOne' in step) return { kind: 'insert', document: step.insertOne.document };
  if ('updateOne' in step) return { kind: 'update', ...step.updateOne };
  if ('replaceOne' in step) return { kind: 'replace', filter: step.replaceOne.filter, document: step.replaceOne.replacement as object, upsert: step.replaceOne.upsert, ifVersion: step.replaceOne.ifVersion };
  return { kind: 'delete', ...step.deleteOne };
}

function notByIndex(error: unknown): undefined {
  const code = (error as { code?: unknown }).code;
  if (code !== 'QUERY_NOT_PROVABLE' && code !== 'QUERY_COUNT_MAX' && code !== 'QUERY_MALFORMED') throw error;
}

/** A collection whose writes wait for the end of a transaction. Reads see what was there when it began. */
export class SessionCollection<T extends object> {
  readonly #session: Session;
  readonly #target: { readonly place: ReadPlace; readonly schema: Schema | undefined };

  constructor(session: Session, target: { readonly place: ReadPlace; readonly schema: Schema | undefined }) {
    this.#session = session;
    this.#target = target;
  }

  async findOne(filter: Filter<T> = {} as Filter<T>): Promise<Stored<T> | null> {
    const asOf = await this.#session.height();
    return new FindCursor<Stored<T>>((more) => readRows(this.#target.place, filterToDocument(filter), more, { asOf, signal: this.#session.signal })).first();
  }

  async insertOne(document: Inserted<T>): Promise<InsertOneResult<T>> {
    const { ids: [id] } = await this.#session.add({ kind: 'insert', document }, this.#target);
    return { insertedId: id as IdOf<T> };
  }

  async updateOne(filter: Filter<T>, update: Update<T>, { upsert, ifVersion }: Pick<UpsertOptions, 'upsert' | 'ifVersion'> = {}): Promise<UpdateResult<T>> {
    return updateResult<T>(await this.#session.add({ kind: 'update', filter, update, upsert, ifVersion }, this.#target));
  }

  async replaceOne(filter: Filter<T>, replacement: Omit<T, '_id'>, { upsert, ifVersion }: Pick<UpsertOptions, 'upsert' | 'ifVersion'> = {}): Promise<UpdateResult<T>> {
    return updateResult<T>(await this.#session.add({ kind: 'replace', filter, document: replacement, upsert, ifVersion }, this.#target));
  }

  async deleteOne(filter: Filter<T>, { ifVersion }: Pick<ChangeOptions, 'ifVersion'> = {}): Promise<DeleteResult> {
    return { deletedCount: (await this.#session.add({ kind: 'delete', filter, ifVersion }, this.#target)).matched };
  }
}
