import { utf8ToBytes } from '@vsys/primitives';
import type { Operation } from '@vsys/data-format';
import { once } from '@vsys/database/ops';
import type { BlockRefJson } from '@vsys/rpc';
import { ClientError, type Included, type Stage } from '@vsys/rpc/client';
import { clientFailure } from './client-failure.ts';
import type { Cost } from './cost.ts';
import { inTime, type Waiting } from './in-time.ts';
import type { Lane, SendOptions, Sent } from './lane.ts';
import { driverLimits } from './limits.ts';

/** What became of a write. */
export interface Outcome {
  /** Ids in hex, one for each transaction that it took; none where there was nothing to do. */
  readonly transactions: readonly string[];
  /** Of the last transaction; of what was read, where there was nothing to do. */
  readonly block: BlockRefJson;
  /** Atomic units, together. */
  readonly feePaid: bigint;
}

/** A write as the node has it: signed, in its pool, in no block yet. */
export interface Pooled {
  readonly transactions: readonly string[];
  readonly cost: Cost;
}

/** What a write comes down to: transactions, each of them all or nothing, and what is told of them. */
export interface Prepared<R extends object> {
  readonly groups: readonly (readonly Operation[])[];
  readonly result: R;
  /** What was read for it. */
  readonly block?: BlockRefJson | undefined;
  /** It was prepared from what was read, so it can be prepared anew when that changed meanwhile. */
  readonly again?: boolean;
}

/** What is sent, and how it was prepared. */
interface Attempt<R extends object> {
  readonly prepared: Prepared<R>;
  readonly sent: readonly Sent[];
}

/**
 * A write under way; it begins at once. Awaited as it is, it is done when it is in a block: what is read afterwards has it. The stages are there for who wants
 * less or more. A write that nobody awaits and that fails is an unhandled rejection, like any other promise.
 *
 * @example
 * const write = notes.as(ada).insertOne({ text: 'buy milk', done: false });
 * const { insertedId } = await write;               // in a block, which may still be undone
 * await write.final({ timeoutMs: 30_000 });         // in one that stays
 */
export class Write<R extends object> implements PromiseLike<R & Outcome> {
  readonly #lane: Lane;
  readonly #prepare: () => Promise<Prepared<R>>;
  readonly #options: SendOptions;
  readonly #first: Promise<Attempt<R>>;
  #included: Promise<R & Outcome & { readonly attempt: Attempt<R> }> | undefined;

  constructor(lane: Lane, prepare: () => Promise<Prepared<R>>, options: SendOptions = {}) {
    this.#lane = lane;
    this.#prepare = prepare;
    this.#options = options;
    this.#first = this.#send();
  }

  /** The node has it. */
  async pooled(waiting: Waiting = {}): Promise<R & Pooled> {
    const { prepared, sent } = await inTime(this.#first, waiting, 'sending a write');
    const cost = sent.reduce((sum, one) => ({ bytes: sum.bytes + one.cost.bytes, gasMax: sum.gasMax + one.cost.gasMax, feeMax: sum.feeMax + one.cost.feeMax }), { bytes: 0, gasMax: 0n, feeMax: 0n });
    return { ...prepared.result, transactions: sent.map(({ id }) => id), cost };
  }

  /**
   * It is in a block of the canonical branch and did what it says. Where what it was prepared from changed meanwhile, it is prepared and sent again, some times.
   *
   * @throws ClientError with the code of the refusal; CLIENT_TIMEOUT
   */
  async included(waiting: Waiting = {}): Promise<R & Outcome> {
    const { attempt: _, ...outcome } = await inTime(this.#settled(), waiting, 'waiting for a block');
    return outcome as R & Outcome;
  }

  /** The chain's rule holds its block to stay, if what it says of those who seal is true. */
  safe(waiting: Waiting = {}): Promise<R & Outcome> {
    return inTime(this.#reached('safe'), waiting, 'waiting for a safe block');
  }

  /** Its block is never undone. */
  final(waiting: Waiting = {}): Promise<R & Outcome> {
    return inTime(this.#reached('final'), waiting, 'waiting for a final block');
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is one on purpose: awaiting a write means what it means with other databases
  then<A = R & Outcome, B = never>(onDone?: ((outcome: R & Outcome) => A | PromiseLike<A>) | null, onFailed?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
    return this.included().then(onDone, onFailed);
  }

  async #send(): Promise<Attempt<R>> {
    this.#options.signal?.throwIfAborted();
    const prepared = await this.#prepare();
    const sent: Sent[] = [];
    for (const [i, group] of prepared.groups.entries()) sent.push(await this.#lane.send(onceOnly(group, this.#options.once, i), this.#options));
    return { prepared, sent };
  }

  #settled(): Promise<R & Outcome & { readonly attempt: Attempt<R> }> {
    this.#included ??= (async () => {
      let attempt = await this.#first;
      for (let tries = 1; ; tries++) {
        try {
          return { ...await outcomeOf(attempt, 'included'), attempt };
        } catch (error) {
          const isConflict = error instanceof ClientError && CONFLICTS.includes(error.code);
          if (error instanceof ClientError && error.code === 'DB_REPEATED') throw await this.#repeated(error, attempt);
          if (!isConflict || attempt.prepared.again !== true || tries >= driverLimits.conflictTriesMax) throw error;
          attempt = await this.#send();
        }
      }
    })();
    return this.#included;
  }

  /** With what did it, as far as the chain remembers it. */
  async #repeated(error: ClientError, { sent }: Attempt<R>): Promise<ClientError> {
    const keys = sent.map((_, i) => onceBytes(this.#options.once as string, i));
    const first = (await Promise.all(keys.map((key) => this.#lane.firstOf(key)))).find((one) => one !== undefined);
    return first === undefined ? error : new ClientError('DB_REPEATED', `transaction ${first.transaction} did this in block ${first.height}; ${error.message}`, { ...error.data, first });
  }

  async #reached(stage: Stage): Promise<R & Outcome> {
    const { attempt } = await this.#settled();
    return outcomeOf(attempt, stage);
  }
}

/** A write that takes several transactions has a key for each. */
function onceBytes(name: string, place: number): Uint8Array {
  return utf8ToBytes(place === 0 ? name : `${name}#${place}`);
}

function onceOnly(operations: readonly Operation[], name: string | undefined, place: number): readonly Operation[] {
  return name === undefined ? operations : [once(onceBytes(name, place)), ...operations];
}

/** What was read is no longer so. */
const CONFLICTS: readonly string[] = ['DB_VERSION', 'DB_NO_DOCUMENT'];

async function outcomeOf<R extends object>({ prepared, sent }: Attempt<R>, stage: Stage): Promise<R & Outcome> {
  const reached: readonly Included[] = await Promise.all(sent.map((one) => one.reached(stage)));
  const last = reached.at(-1);
  const block = last === undefined ? prepared.block : { height: last.height, id: last.blockId };
  if (block === undefined) throw clientFailure('CLIENT_SESSION', 'there is nothing to write');
  return { ...prepared.result, transactions: sent.map(({ id }) => id), block, feePaid: reached.reduce((sum, { receipt }) => sum + BigInt(receipt.feePaid), 0n) };
}
