import type { Operation } from '@vsys/data-format';
import type { Client } from '@vsys/rpc/client';
import { type Changed, changeOf, type Step, type Writing } from './change-ops.ts';
import { clientFailure } from './client-failure.ts';

/** Writes that are gathered and become one transaction: `withTransaction`. Over when its function is. */
export class Session {
  readonly #client: Client;
  readonly #touched = new Map<string, Set<string>>();
  readonly #operations: Operation[] = [];
  readonly signal: AbortSignal | undefined;
  #height: Promise<number> | undefined;
  #isOver = false;
  #wasRead = false;

  constructor(client: Client, signal: AbortSignal | undefined) {
    this.#client = client;
    this.signal = signal;
  }

  /** The block that all reads of it stand at. */
  height(): Promise<number> {
    this.#height ??= this.#client.follow().then(({ tip }) => tip.height);
    return this.#height;
  }

  /** @throws ClientError CLIENT_SESSION after its end */
  async add(step: Step, target: Pick<Writing, 'place' | 'schema'>): Promise<Changed> {
    this.#checkOpen();
    const name = `${Array.from(target.place.database).join()}/${target.place.collection}`;
    const touched = this.#touched.get(name) ?? new Set<string>();
    this.#touched.set(name, touched);
    const changed = await changeOf(step, { ...target, signal: this.signal, touched, ...(step.kind === 'insert' ? {} : { at: await this.height() }) });
    this.#checkOpen();
    this.#operations.push(...changed.operations);
    this.#wasRead ||= changed.wasRead;
    return changed;
  }

  /** Ends it: what comes after is refused, and not lost. */
  async end(): Promise<{ readonly operations: readonly Operation[]; readonly wasRead: boolean; readonly height: number | undefined }> {
    this.#isOver = true;
    return { operations: this.#operations, wasRead: this.#wasRead, height: await this.#height };
  }

  #checkOpen(): void {
    if (this.#isOver) throw clientFailure('CLIENT_SESSION', 'the transaction is over: await every write inside its function');
  }
}
