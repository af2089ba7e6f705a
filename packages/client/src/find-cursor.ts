import type { BlockRefJson } from '@vsys/rpc';
import { clientFailure } from './client-failure.ts';
import type { Proof, Row, RowSource } from './read-rows.ts';
import { stamp } from './stamp.ts';
import { fromDocument } from './values.ts';

/** Documents of one block, and what shows them. */
export interface Rows<T> extends Array<T> {
  readonly proof: Proof;
  readonly block: BlockRefJson;
}

/** What is asked; a cursor changes it until the first document is read. */
export interface Asked {
  readonly sort: Readonly<Record<string, 1 | -1>>;
  readonly limit: number | undefined;
  readonly skip: number;
  readonly batchSize: number | undefined;
}

/**
 * A question and its documents, page after page, all of one block: whatever is written meanwhile does not show. Read with `for await`, or whole with `toArray`.
 *
 * @example
 * for await (const note of notes.find({ done: false }).sort({ due: 1 }).limit(20)) console.log(note.text, stampOf(note)?.height);
 */
export class FindCursor<T> implements AsyncIterable<T> {
  readonly #source: (asked: Asked) => RowSource;
  #asked: Asked = { sort: {}, limit: undefined, skip: 0, batchSize: undefined };
  #opened: RowSource | undefined;

  constructor(source: (asked: Asked) => RowSource) {
    this.#source = source;
  }

  /** Along an index where there is one; else the matching rows are read and ordered here. */
  sort(fields: Readonly<Record<string, 1 | -1>>): this {
    return this.#ask({ sort: fields });
  }

  /** @param documents - 0: all, as in MongoDB */
  limit(documents: number): this {
    return this.#ask({ limit: whole('limit', documents) === 0 ? undefined : documents });
  }

  /** These are read and left out. For pages, asking for what comes after the last one is quicker. */
  skip(documents: number): this {
    return this.#ask({ skip: whole('skip', documents) });
  }

  /** Documents of one call to the node, 1 to 1,000. */
  batchSize(documents: number): this {
    return this.#ask({ batchSize: whole('batchSize', documents) });
  }

  /** Of the documents read so far; undefined before the first page. */
  get block(): BlockRefJson | undefined {
    return this.#opened?.block;
  }

  /** Of the documents read so far; undefined before the first page. */
  get proof(): Proof | undefined {
    return this.#opened?.proof;
  }

  async toArray(): Promise<Rows<T>> {
    const documents: T[] = [];
    for await (const document of this) documents.push(document);
    const { block, proof } = this.#opened as RowSource;
    return Object.defineProperties(documents, { block: { value: block }, proof: { value: proof } }) as Rows<T>;
  }

  /** The first document, or null; the cursor is then at its end. */
  async first(): Promise<T | null> {
    for await (const document of this.limit(1)) return document;
    return null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    if (this.#opened !== undefined) throw clientFailure('CLIENT_CURSOR', 'a cursor is read once; ask anew');
    this.#opened = this.#source(this.#asked);
    for await (const row of this.#opened.rows()) yield documentOf<T>(row, this.#opened);
  }

  #ask(change: Partial<Asked>): this {
    if (this.#opened !== undefined) throw clientFailure('CLIENT_CURSOR', 'the cursor is read already; sort, limit and skip come before');
    this.#asked = { ...this.#asked, ...change };
    return this;
  }
}

function documentOf<T>({ document, version, height }: Row, { block, proof }: RowSource): T {
  return stamp(fromDocument(document) as T & object, { version, height, block: block as BlockRefJson, proof: proof as Proof });
}

function whole(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw clientFailure('CLIENT_CURSOR', `${name} is a whole number from 0, found ${value}`);
  return value;
}
