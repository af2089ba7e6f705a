import type { Document } from '@vsys/data-format/value';
import { compileFilter, type Matches } from '@vsys/database-query/verify';
import type { BlockRefJson, RpcEvent } from '@vsys/rpc';
import { ClientError } from '@vsys/rpc/client';
import { changesOf, type DocumentChange, headerOf, touchedIn } from './block-changes.ts';
import { type ChangePlace, placeOfToken, tokenOf, WHOLE_BLOCK } from './change-token.ts';
import { clientFailure } from './client-failure.ts';
import type { IdOf, Stored } from './collection-types.ts';
import { driverLimits } from './limits.ts';
import { proofOf, type ReadPlace } from './read-rows.ts';
import { stamp } from './stamp.ts';
import { fromDocument, fromValue } from './values.ts';

/** What a change is in the application. */
interface Told<T> {
  /** Give as `resumeAfter` to go on behind this event. */
  readonly token: string;
  readonly block: BlockRefJson;
  readonly id: IdOf<T>;
}

/**
 * A document as the block leaves it, from how its parent left it: changes of one block to one document are one change. `undone` takes back what an `applied` told, in the reverse order. `final`: all that was told up to this
 * block stays.
 */
export type Change<T> =
  | (Told<T> & { readonly kind: 'applied'; readonly operation: 'insert' | 'update' | 'delete'; readonly document?: Stored<T>; readonly before?: Stored<T> })
  /** Without operation and documents where they were told to an earlier stream: then the document is one that the block may have changed. */
  | (Told<T> & { readonly kind: 'undone'; readonly operation?: 'insert' | 'update' | 'delete'; readonly document?: Stored<T>; readonly before?: Stored<T> })
  | (Pick<Told<T>, 'token' | 'block'> & { readonly kind: 'final' });

export interface WatchOptions {
  /** Of a change, or of a stream: what follows it is told. By default what is from now on. */
  readonly resumeAfter?: string | undefined;
  /** The block of an answer: what changed since is told, so that nothing is missed between `find` and `watch`. */
  readonly after?: BlockRefJson | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was told of a block that is not final yet. */
interface ToldBlock {
  readonly block: BlockRefJson;
  readonly changes: readonly DocumentChange[];
}

type Heads = Extract<RpcEvent, { readonly topic: 'heads' }>;

/**
 * The changes of a collection, block after block, as the headers of the chain confirm them. Read with `for await`, at the reader's own pace: events that are not read wait in a bounded queue, and what no longer
 * fits is asked for again from the last token. Where that is not possible any more it ends with CLIENT_LAGGED and `data.token`: nothing is left out without a word.
 */
export class ChangeStream<T extends object> implements AsyncIterable<Change<T>>, AsyncDisposable {
  readonly #place: () => ReadPlace;
  readonly #matches: Matches;
  readonly #options: WatchOptions;
  readonly #closing = new AbortController();
  readonly #told: ToldBlock[] = [];
  /** Where an earlier stream ended that this one goes on for. */
  readonly #began: ChangePlace | undefined;
  #position: ChangePlace | undefined;
  /** Blocks from this height on were told by this stream, and are remembered. */
  #ownFrom: number;
  #isRead = false;

  constructor(place: () => ReadPlace, filter: Document, options: WatchOptions) {
    const compiled = compileFilter(filter);
    if (!compiled.ok) throw new ClientError(compiled.code, compiled.message);
    this.#place = place;
    this.#matches = compiled.value;
    this.#options = options;
    const { resumeAfter, after } = options;
    this.#began = resumeAfter !== undefined ? placeOfToken(resumeAfter) : after === undefined ? undefined : { block: after, index: WHOLE_BLOCK };
    this.#position = this.#began;
    this.#ownFrom = this.#began === undefined ? 0 : this.#began.block.height + 1;
  }

  /** Behind all that was told, also of blocks in which nothing changed; undefined before the first block. */
  get resumeToken(): string | undefined {
    return this.#position === undefined ? undefined : tokenOf(this.#position);
  }

  /** Ends it; whoever waits for the next change is told that there is none. */
  close(): void {
    this.#closing.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Calls for each change, one after the other. Resolves when the stream is closed. */
  async each(listener: (change: Change<T>) => unknown): Promise<void> {
    for await (const change of this) await listener(change);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Change<T>, void, void> {
    if (this.#isRead) throw clientFailure('CLIENT_CURSOR', 'a stream of changes is read once; watch again, with resumeAfter');
    this.#isRead = true;
    const { signal } = this.#options;
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    try {
      for await (const change of this.#changes(stop)) {
        if (stop.aborted) break;
        yield change;
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    }
    // Closed by its own: a quiet end. Aborted from outside: the reason.
    if (signal?.aborted === true) throw signal.reason;
  }

  async *#changes(stop: AbortSignal): AsyncGenerator<Change<T>, void, void> {
    const { client } = this.#place();
    const began = this.#began;
    if (began !== undefined && began.index !== WHOLE_BLOCK) yield* this.#rest(began, stop);
    for await (const event of client.subscribe({ topic: 'heads', ...(began === undefined ? {} : { after: began.block.id }) }, { signal: stop })) {
      if (event.topic === 'gap') throw this.#lagged(event.reason);
      if (event.topic !== 'heads') continue;
      const isFirst = this.#position === undefined;
      await client.follow();
      // The first event of a stream from now on tells where now is.
      if (isFirst) this.#position = { block: event.applied.at(-1) as BlockRefJson, index: WHOLE_BLOCK };
      else yield* this.#headsMoved(event, stop);
      yield* this.#finals(client.followed.final);
    }
  }

  async *#headsMoved({ undone, applied }: Heads, stop: AbortSignal): AsyncGenerator<Change<T>, void, void> {
    for (const block of undone) yield* this.#undo(block, stop);
    for (const { header, ...block } of applied) yield* this.#apply(block, header, -1, stop);
  }

  /** What of a block was not told yet, when an earlier stream ended in the middle of it. */
  async *#rest({ block, index }: ChangePlace, stop: AbortSignal): AsyncGenerator<Change<T>, void, void> {
    const { client } = this.#place();
    const { header } = await client.call('chain_block', { id: block.id }, { signal: stop }).catch((error: unknown) => { throw this.#tooOld(error); });
    await client.follow();
    yield* this.#apply(block, header, index, stop);
  }

  /** @param toldTo - last place that was told before */
  async *#apply(block: BlockRefJson, headerBytes: string, toldTo: number, stop: AbortSignal): AsyncGenerator<Change<T>, void, void> {
    const place = this.#place();
    // It was undone meanwhile: the node tells of that next.
    if (!place.client.holds(block)) return;
    const all = await changesOf(place, block, headerOf(block, headerBytes), stop).catch((error: unknown) => { throw this.#tooOld(error); });
    if (all === undefined) return;
    this.#ownFrom = Math.min(this.#ownFrom, block.height);
    const changes = all.filter((change) => change.index > toldTo && this.#isAsked(change));
    if (changes.length > 0) this.#remember({ block, changes });
    for (const change of changes) {
      this.#position = { block, index: change.index };
      yield this.#eventOf('applied', block, change, tokenOf(this.#position));
    }
    this.#position = { block, index: WHOLE_BLOCK };
  }

  async *#undo(block: BlockRefJson, stop: AbortSignal): AsyncGenerator<Change<T>, void, void> {
    const at = this.#told.findIndex((one) => one.block.id === block.id);
    const changes = at < 0 ? [] : (this.#told.splice(at, 1)[0] as ToldBlock).changes;
    for (const change of changes.toReversed()) yield this.#eventOf('undone', block, change, this.#backTo(block, change.index - 1));
    const elsewhere = this.#toldElsewhere(block);
    if (elsewhere >= 0) {
      const touched = await touchedIn(this.#place(), block, undefined, stop).catch((error: unknown) => { throw this.#tooOld(error); });
      const told = [...touched.entries()].filter(([index]) => index <= elsewhere).toReversed();
      for (const [index, { id }] of told) yield { kind: 'undone', token: this.#backTo(block, index - 1), block, id: fromValue(id) as IdOf<T> };
    }
    this.#backTo(block, -1);
  }

  /** Up to which place of a block an earlier stream told of it, or this one so long ago that it is not remembered; -1: of nothing. */
  #toldElsewhere({ height, id }: BlockRefJson): number {
    const place = [this.#position, this.#began].find((one) => one?.block.id === id);
    if (height < this.#ownFrom) return place?.index ?? WHOLE_BLOCK;
    return this.#began?.block.id === id && this.#began.index !== WHOLE_BLOCK ? this.#began.index : -1;
  }

  #backTo(block: BlockRefJson, index: number): string {
    this.#position = { block, index };
    return tokenOf(this.#position);
  }

  #remember(block: ToldBlock): void {
    this.#told.push(block);
    while (this.#told.reduce((sum, { changes }) => sum + changes.length, 0) > driverLimits.watchedChangesMax && this.#told.length > 1) this.#ownFrom = (this.#told.shift() as ToldBlock).block.height + 1;
  }

  *#finals({ height }: BlockRefJson): Generator<Change<T>, void, void> {
    while (this.#told[0] !== undefined && this.#told[0].block.height <= height) {
      const { block } = this.#told.shift() as ToldBlock;
      yield { kind: 'final', token: tokenOf(this.#position as ChangePlace), block };
    }
  }

  #isAsked({ before, after }: DocumentChange): boolean {
    return [before, after].some((one) => one !== undefined && this.#matches(one.document));
  }

  #eventOf<K extends 'applied' | 'undone'>(kind: K, block: BlockRefJson, { id, before, after }: DocumentChange, token: string): Extract<Change<T>, { kind: K }> {
    const operation = after === undefined ? 'delete' : before === undefined ? 'insert' : 'update';
    const documents = { ...(after === undefined ? {} : { document: this.#documentOf(after, block) }), ...(before === undefined ? {} : { before: this.#documentOf(before, block) }) };
    return { kind, operation, id: fromValue(id), block, token, ...documents } as unknown as Extract<Change<T>, { kind: K }>;
  }

  #documentOf({ document, version, height }: NonNullable<DocumentChange['after']>, block: BlockRefJson): Stored<T> {
    return stamp(fromDocument(document) as Stored<T> & object, { version, height, block, proof: proofOf(this.#place(), block, true) });
  }

  #tooOld(error: unknown): unknown {
    return error instanceof ClientError && (error.code === 'RPC_OUTSIDE_WINDOW' || error.code === 'RPC_NOT_FOUND') ? this.#lagged(error.message) : error;
  }

  #lagged(reason: string): ClientError {
    return clientFailure('CLIENT_LAGGED', `the changes since the last one told cannot all be told any more: ${reason}`, { token: this.resumeToken });
  }
}
