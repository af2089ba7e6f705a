import { invariant, refuse, silentLogger, toHex } from '@vsys/primitives';
import type { BlockId, Clock, Height, Logger, PeerId, Timers, Verdict } from '@vsys/primitives';
import type { Header } from '@vsys/data-format';
import type { BuildRequest, Effect, Engine, EngineInput, EngineJudgement, Guard, TreeView } from './engine.ts';
import type { BlockRef, PublicKeyOf } from './rules.ts';

/** `block` is whatever the owner needs to import and publish it. */
export interface BuiltBlock<B> {
  readonly id: BlockId;
  readonly header: Header;
  readonly block: B;
}

/** What a node gives to its engine. Ports that a module never uses may be absent. */
export interface EnginePorts<B> {
  readonly clock: Clock;
  readonly timers: Timers;
  build(request: BuildRequest): Promise<BuiltBlock<B> | undefined>;
  /** Asks the signer guard first. */
  sign(request: { readonly key: PublicKeyOf; readonly bytes: Uint8Array; readonly guard: Guard }): Promise<Verdict<Uint8Array>>;
  /** The import path of every block. */
  import(block: B, seal: Uint8Array): Promise<Verdict<unknown>>;
  publish(block: B, seal: Uint8Array): Promise<void>;
  finalise(ref: BlockRef): Promise<void>;
  /** Resolves when the bytes are durable. */
  persist(bytes: Uint8Array): Promise<void>;
  /** Takes a candidate through the import path, as the stranger's block that it is. */
  importCandidate?(block: B, seal: Uint8Array): Promise<Verdict<unknown>>;
  certify?(id: BlockId, seal: Uint8Array): Promise<Verdict<unknown>>;
  /** Answers through `EngineHost.offer`. */
  fetch?(from: PeerId, id: BlockId): void;
  behind?(from: PeerId, height: Height): void;
  justify?(ref: BlockRef): Promise<void>;
  send?(to: PeerId | undefined, bytes: Uint8Array): Promise<void>;
  evidence?(bytes: Uint8Array): Promise<void>;
  scorePeer?(id: PeerId, delta: number, why: string): void;
  /** A slice of work, done at once: `Consensus.compute`. */
  compute?(bytes: Uint8Array): Uint8Array;
  /** The same block with another `ext` in its header. */
  withExt?(block: B, ext: Uint8Array): B;
}

export interface EngineHostOptions<C, B> {
  readonly engine: Engine<C>;
  readonly view: TreeView<C>;
  readonly ports: EnginePorts<B>;
  /** What the engine persisted before the restart. */
  readonly saved?: Uint8Array;
  readonly logger?: Logger;
  /** The engine or an awaited port threw: the effects that should have followed were not performed. A node may want to stop. */
  readonly onFailure?: (error: unknown) => void;
}

/** Input without its time, which the host adds. */
export type EngineEvent = EngineInput extends infer I ? (I extends EngineInput ? Omit<I, 'nowMs'> : never) : never;

export interface EngineHost<B = unknown> {
  /** Starts the engine. What comes before is dropped: the engine begins with what the view shows, and has no state to step from. */
  start(): void;
  /** Hands an event to the engine, after those before it. Never waits, so an import may call it. */
  notify(event: EngineEvent): void;
  /** Hands over a message of a peer; resolves with what the engine says of it. */
  receive(from: PeerId, bytes: Uint8Array): Promise<EngineJudgement>;
  /** Hands over a block of a peer that waits for a certificate. The last few are kept for the engine's `import`. */
  offer(from: PeerId, candidate: Candidate<B>): Promise<EngineJudgement>;
  /** Stops timers and waits for what is under way. */
  close(): Promise<void>;
  /** Resolves when no event and no job is under way; timers may still be set. */
  idle(): Promise<void>;
}

/** A block without a rank; `block` is whatever the owner needs to import it. */
export interface Candidate<B> extends BuiltBlock<B> {
  readonly seal: Uint8Array;
}

/** What became of a candidate. */
function stageOf(isExecuted: boolean, isEarly: boolean): 'executed' | 'header' | 'invalid' {
  if (isExecuted) return 'executed';
  return isEarly ? 'header' : 'invalid';
}

const JOBS_MAX = 64;
/** Blocks of peers that wait for the engine to want them. */
const CANDIDATES_MAX = 16;
/** From one slice of long work to the next: imports, calls and peers have the time between. */
const COMPUTE_EVERY_MS = 20;

/**
 * Runs an engine against ports: one event after the other, the effects of each in order. `persist`, `seal`, `publish`, `justify` and
 * `finalise`, and `certify`, are awaited before the next effect; `build`, `sign` and `import` run beside and come back as events, and so does
 * `compute`, a slice at a time.
 */
export function createEngineHost<C, B>(options: EngineHostOptions<C, B>): EngineHost<B> {
  const { engine, view, ports } = options;
  const logger = options.logger ?? silentLogger;
  const timers = new Map<string, () => void>();
  const slices = new Map<string, () => void>();
  const jobs = new Map<string, { readonly block: B; seal?: Uint8Array }>();
  const candidates = new Map<string, Candidate<B>>();
  const beside = new Set<Promise<void>>();
  let state: unknown;
  let started = false;
  let closed = false;
  let queue: Promise<void> = Promise.resolve();
  let queued = 0;

  const enqueue = (task: () => Promise<void>, called: () => void = () => {}): void => {
    if (closed) return called();
    queued++;
    queue = queue
      .then(async () => {
        if (closed) called();
        else await task();
      })
      .catch((error: unknown) => {
        logger.error('consensus engine failed', { error: String(error) });
        options.onFailure?.(error);
      })
      .finally(() => {
        queued--;
      });
  };

  const run = (job: () => Promise<void>): void => {
    const task = job()
      .catch((error: unknown) => logger.warn('consensus job failed', { error: String(error) }))
      .finally(() => beside.delete(task));
    beside.add(task);
  };

  const advance = (event: EngineEvent): readonly Effect[] => {
    const step = engine.step(state, { ...event, nowMs: ports.clock.nowMs() } as EngineInput, view);
    state = step.state;
    return step.effects;
  };

  const notify = (event: EngineEvent): void => {
    if (started) enqueue(async () => perform(advance(event)));
  };

  /** The verdict is out before the effects are done: others need not wait for our work to hear of a vote. */
  const judged = (event: EngineEvent, before: () => void = () => {}): Promise<EngineJudgement> =>
    new Promise((resolve) => {
      if (closed || !started) return resolve('ignore');
      enqueue(async () => {
        before();
        let judgement: EngineJudgement = 'ignore';
        try {
          const effects = advance(event);
          for (const effect of effects) if (effect.kind === 'judge') judgement = effect.judgement;
          resolve(judgement);
          await perform(effects);
        } finally {
          resolve(judgement);
        }
      }, () => resolve('ignore'));
    });

  const compute = (bytes: Uint8Array): Uint8Array => {
    invariant(ports.compute !== undefined, 'an engine that asks for long work comes with what does it');
    return ports.compute(bytes);
  };
  const withExt = (block: B, ext: Uint8Array): B => {
    invariant(ports.withExt !== undefined, 'an engine that completes `ext` late runs where that is done');
    return ports.withExt(block, ext);
  };

  const keepJob = (id: string, block: B): void => {
    // A job that was never sealed (its slot passed, the signer refused) is forgotten when many newer ones came.
    if (jobs.size >= JOBS_MAX) jobs.delete(jobs.keys().next().value as string);
    jobs.set(id, { block });
  };

  const perform = async (effects: readonly Effect[]): Promise<void> => {
    for (const effect of effects) if (!(await performOne(effect))) return;
  };

  /** False: what follows must not happen. */
  const performOne = async (effect: Effect): Promise<boolean> => {
    switch (effect.kind) {
      case 'timer': {
        timers.get(effect.id)?.();
        const id = effect.id;
        timers.set(id, ports.timers.setAt(effect.atMs, () => {
          timers.delete(id);
          notify({ kind: 'timer', id });
        }));
        return true;
      }
      case 'build':
        run(async () => {
          const built = await ports.build(effect).catch((error: unknown) => {
            logger.warn('no block was built', { error: String(error) });
            return undefined;
          });
          if (built === undefined) return notify({ kind: 'unbuilt', job: effect.job });
          keepJob(effect.job, built.block);
          notify({ kind: 'built', job: effect.job, id: built.id, header: built.header });
        });
        return true;
      case 'sign':
        run(async () => {
          const signed = await ports.sign({ key: effect.key, bytes: effect.bytes, guard: effect.guard }).catch((error: unknown) => {
            logger.warn('no signature was made', { error: String(error) });
            return refuse('SIGNER_FAILED', 'the signer or its record failed');
          });
          if (signed.ok) notify({ kind: 'signed', job: effect.job, signature: signed.value });
          else {
            logger.warn('signature refused', { code: signed.code, reason: signed.message });
            notify({ kind: 'unsigned', job: effect.job, code: signed.code });
          }
        });
        return true;
      case 'seal': {
        const kept = jobs.get(effect.job);
        if (kept === undefined) return false;
        const job: { readonly block: B; seal?: Uint8Array } = effect.ext === undefined ? kept : { block: withExt(kept.block, effect.ext) };
        jobs.set(effect.job, job);
        const imported = await ports.import(job.block, effect.seal);
        if (imported.ok) {
          job.seal = effect.seal;
          return true;
        }
        logger.warn('own block refused', { code: imported.code });
        jobs.delete(effect.job);
        return false;
      }
      case 'publish': {
        const job = jobs.get(effect.job);
        jobs.delete(effect.job);
        if (job?.seal !== undefined) await ports.publish(job.block, job.seal);
        return true;
      }
      case 'import': {
        const candidate = candidates.get(toHex(effect.id));
        candidates.delete(toHex(effect.id));
        if (candidate !== undefined) {
          run(async () => {
            const imported = await ports.importCandidate?.(candidate.block, candidate.seal);
            if (imported === undefined) return;
            const isEarly = !imported.ok && imported.data?.['retry'] === true;
            // One that is here by another way is as good.
            notify({ kind: 'block', id: candidate.id, stage: stageOf(view.get(candidate.id)?.executed === true, isEarly) });
          });
        }
        return true;
      }
      case 'certify': {
        const certified = await ports.certify?.(effect.id, effect.seal);
        if (certified?.ok === false && certified.code !== 'IMPORT_KNOWN') logger.warn('certificate refused', { code: certified.code, reason: certified.message });
        return certified?.ok === true;
      }
      case 'fetch':
        ports.fetch?.(effect.from, effect.id);
        return true;
      case 'behind':
        ports.behind?.(effect.from, effect.height);
        return true;
      case 'judge':
        return true;
      case 'send':
        await ports.send?.(effect.to, effect.bytes);
        return true;
      case 'justify':
        await ports.justify?.(effect.ref);
        return true;
      case 'finalise':
        await ports.finalise(effect.ref);
        return true;
      case 'persist':
        await ports.persist(effect.bytes);
        return true;
      case 'evidence':
        await ports.evidence?.(effect.bytes);
        return true;
      case 'peer':
        ports.scorePeer?.(effect.id, effect.delta, effect.why);
        return true;
      case 'compute': {
        const { job, bytes } = effect;
        slices.get(job)?.();
        slices.set(job, ports.timers.setAt(ports.clock.nowMs() + COMPUTE_EVERY_MS, () => {
          slices.delete(job);
          enqueue(async () => perform(advance({ kind: 'computed', job, bytes: compute(bytes) })));
        }));
        return true;
      }
    }
  };

  const idle = async (): Promise<void> => {
    while (queued > 0 || beside.size > 0) {
      await queue;
      await Promise.all(beside);
    }
  };

  return {
    start: () => {
      started = true;
      enqueue(async () => {
        const step = engine.init(options.saved, view, ports.clock.nowMs());
        state = step.state;
        await perform(step.effects);
      });
    },
    notify,
    receive: (from, bytes) => judged({ kind: 'message', from, bytes }),
    offer: (from, candidate) => {
      const { id, header, seal } = candidate;
      return judged({ kind: 'candidate', from, id, header, seal }, () => {
        if (candidates.size >= CANDIDATES_MAX) candidates.delete(candidates.keys().next().value as string);
        candidates.set(toHex(id), candidate);
      });
    },
    idle,
    close: async () => {
      closed = true;
      for (const cancel of [...timers.values(), ...slices.values()]) cancel();
      timers.clear();
      slices.clear();
      await queue;
      await Promise.all(beside);
    },
  };
}
