import { concatBytes, equalBytes, toHex } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import type { BuildRequest, Consensus, Effect, Engine, EngineInput, Guard, PublicKeyOf, Step, TreeView, ViewedBlock } from '@vsys/consensus';
import { attemptAt, attemptEndMs, carriersMax } from './attempts.ts';
import type { ErasContext } from './context.ts';
import { prefixToBytes } from './ext.ts';
import { createInnerView } from './inner-view.ts';
import { memoryFromBytes, memoryToBytes, withImage } from './memory.ts';
import type { ErasMemory } from './memory.ts';
import { carrierToBytes, PROOF_BYTES_MAX } from './proof.ts';
import type { ErasRules, RuledEra } from './rules.ts';

export interface ErasState {
  readonly era: number;
  /** State of the engine of that era. */
  readonly inner: unknown;
  readonly memory: ErasMemory;
  /** What stands ahead of the module's own `ext` in the block that was asked for last. */
  readonly prefix?: { readonly job: string; readonly bytes: Uint8Array } | undefined;
}

export interface EngineOfEra extends RuledEra {
  readonly consensus: Consensus;
}

/** Wakes the engine of an era that could not be ended, for the next attempt. */
const ATTEMPT_TIMER = 'attempt';
/** A build that cannot be asked for comes back as one that failed. */
const UNBUILT = 'unbuilt ';
/** Eras are apart in the marks of the signer: one module counts slots, another one milliseconds, and marks only grow. */
const ERA_BITS = 56n;

/**
 * Runs the engine of the era that the head is in, and goes on to the next one as soon as headers show that the last block of the era is
 * final. Timers, jobs, messages and what is saved carry the number of the era, so that nothing of one reaches the other.
 */
export function createErasEngine(eras: readonly EngineOfEra[], rules: ErasRules, keys: readonly PublicKeyOf[]): Engine<ErasContext, ErasState> {
  const engines = eras.map(({ consensus }) => consensus.engine(keys));
  const engineOf = (era: number): Engine => engines[era] as Engine;
  const beganAt = (era: number): Height | undefined => eras[era - 1]?.lastHeight;

  /** The era of what comes next on the head. */
  const eraOn = ({ era, isProven }: ErasContext): number => (isProven ? era + 1 : era);
  const viewOf = (view: TreeView<ErasContext>, era: number, nowMs: number): TreeView => createInnerView(view, { eras, rules, era, nowMs });

  /** Begins the engine of an era with what it saved itself, on a chain whose last block before it is final. */
  function enter(memory: ErasMemory, era: number, view: TreeView<ErasContext>, nowMs: number): Step<ErasState> {
    const began = beganAt(era);
    const last = began === undefined || view.final.height >= began ? undefined : view.ancestorAt(view.head.id, began);
    const begun = outward({ era, inner: undefined, memory }, engineOf(era).init(memory.get(era), viewOf(view, era, nowMs), nowMs), view, nowMs);
    return last === undefined ? begun : { ...begun, effects: [{ kind: 'finalise', ref: last }, ...begun.effects] };
  }

  function run(state: ErasState, input: EngineInput, view: TreeView<ErasContext>): Step<ErasState> {
    const own = inward(state.era, input, view);
    if (own === undefined) return { state, effects: [] };
    return outward(state, engineOf(state.era).step(state.inner, own, viewOf(view, state.era, input.nowMs)), view, input.nowMs);
  }

  /** An input as the engine of this era may have it; undefined when it is not for it. */
  function inward(era: number, input: EngineInput, view: TreeView<ErasContext>): EngineInput | undefined {
    const { nowMs } = input;
    switch (input.kind) {
      case 'timer': {
        const id = tagged(era, input.id);
        if (id === ATTEMPT_TIMER) return { kind: 'head', nowMs };
        if (id?.startsWith(UNBUILT) === true) return { kind: 'unbuilt', job: id.slice(UNBUILT.length), nowMs };
        return id === undefined ? undefined : { ...input, id: id.slice(1) };
      }
      case 'built':
      case 'unbuilt':
      case 'signed':
      case 'unsigned':
      case 'computed': {
        const job = tagged(era, input.job);
        if (job === undefined) return undefined;
        return input.kind === 'built' ? { ...input, job, header: ownHeader(era, input.header, view) ?? input.header } : { ...input, job };
      }
      case 'message':
        return input.bytes[0] === era ? { ...input, bytes: input.bytes.slice(1) } : undefined;
      case 'candidate': {
        const header = ownHeader(era, input.header, view);
        return header === undefined ? undefined : { ...input, header };
      }
      default:
        return input;
    }
  }

  /** Undefined for a header of another era. */
  function ownHeader(era: number, header: ViewedBlock['header'], view: TreeView<ErasContext>): ViewedBlock['header'] | undefined {
    const parent = view.get(header.parent);
    const placed = parent === undefined ? undefined : rules.place(parent.context, header);
    return placed?.ok === true && placed.value.era === era ? rules.innerHeader(placed.value, header) : undefined;
  }

  function outward({ era, memory, prefix: before }: ErasState, { state: inner, effects }: Step<unknown>, view: TreeView<ErasContext>, nowMs: number): Step<ErasState> {
    let kept = memory;
    let prefix = before;
    const translate = (effect: Effect): Effect | undefined => {
      switch (effect.kind) {
        case 'timer':
          return { ...effect, id: tag(era, `.${effect.id}`) };
        case 'build': {
          const job = tag(era, effect.job);
          const request = requestOf(era, effect, view);
          prefix = { job, bytes: request?.ext?.slice(0, request.ext.length - effect.ext.length) ?? new Uint8Array() };
          return request === undefined ? { kind: 'timer', id: tag(era, `${UNBUILT}${effect.job}`), atMs: nowMs } : { ...effect, ...request, job };
        }
        case 'sign':
          return { ...effect, job: tag(era, effect.job), guard: guardOf(era, effect.guard) };
        case 'seal': {
          const job = tag(era, effect.job);
          // What the module puts there at the end takes the place of its own part alone.
          return effect.ext === undefined || prefix?.job !== job ? { ...effect, job } : { ...effect, job, ext: concatBytes(prefix.bytes, effect.ext) };
        }
        case 'publish':
          return { ...effect, job: tag(era, effect.job) };
        case 'compute':
          return { ...effect, job: tag(era, effect.job), bytes: concatBytes(Uint8Array.of(era), effect.bytes) };
        case 'send':
        case 'evidence':
          return { ...effect, bytes: concatBytes(Uint8Array.of(era), effect.bytes) };
        case 'persist':
          kept = withImage(kept, era, effect.bytes);
          return { kind: 'persist', bytes: memoryToBytes(kept) };
        case 'justify':
        case 'finalise': {
          const last = eras[era]?.lastHeight;
          const ref = last === undefined || effect.ref.height <= last ? effect.ref : view.ancestorAt(effect.ref.id, last);
          return ref === undefined ? undefined : { ...effect, ref };
        }
        default:
          return effect;
      }
    };
    const translated = effects.flatMap((effect) => translate(effect) ?? []);
    return { state: { era, inner, memory: kept, prefix }, effects: [...translated, ...nextAttempt(era, view, nowMs)] };
  }

  /** A build in this era, as the chain may have it; undefined when nothing that is built there could be valid. */
  function requestOf(era: number, { on, ext, timeMs }: BuildRequest, view: TreeView<ErasContext>): Partial<BuildRequest> | undefined {
    const parent = view.get(on);
    if (parent === undefined) return undefined;
    const { context, height } = parent;
    const aside = !equalBytes(on, view.head.id);
    if (context.era < era) {
      const proof = proofOf(parent, view);
      return proof === undefined ? undefined : { aside, ext: concatBytes(prefixToBytes({ kind: 'first', record: eras[era - 1]?.endedBy, proof }), ext) };
    }
    const last = eras[era]?.lastHeight;
    if (last === undefined || height < last) return aside ? { aside } : {};
    // One later than the parent's begins on the last block of the era, or on a header that made a carrier justified.
    const attempt = context.isBase ? attemptAt(context.endedMs, timeMs) : context.attempt;
    if (height > last && height + 1 - last > carriersMax(attempt)) return undefined;
    if (context.isProven || context.proofBytes + CARRIER_ROOM > PROOF_BYTES_MAX) return undefined;
    return { empty: true, aside, ext: height === last ? concatBytes(prefixToBytes({ kind: 'carrier', record: eras[era]?.endedBy }), ext) : ext };
  }

  /** The headers from the last block of an era to the head, which is the one that made it final. */
  function proofOf({ id, height }: ViewedBlock<ErasContext>, view: TreeView<ErasContext>): Uint8Array | undefined {
    const carriers: Uint8Array[] = [];
    let at: ViewedBlock<ErasContext> | undefined = view.head;
    if (!at.context.isProven) return undefined;
    for (; at !== undefined && at.height > height; at = view.get(at.parent)) carriers.unshift(carrierToBytes(at));
    return at !== undefined && toHex(at.id) === toHex(id) ? concatBytes(...carriers) : undefined;
  }

  /** While the era waits for the finality of its last block. */
  function nextAttempt(era: number, { head }: TreeView<ErasContext>, nowMs: number): readonly Effect[] {
    const { context } = head;
    const last = eras[era]?.lastHeight;
    if (last === undefined || context.era !== era || head.height <= last || context.isProven) return [];
    return [{ kind: 'timer', id: tag(era, ATTEMPT_TIMER), atMs: attemptEndMs(context.endedMs, attemptAt(context.endedMs, nowMs)) }];
  }

  return {
    init: (saved, view, nowMs) => enter(saved === undefined ? new Map() : memoryFromBytes(saved), eraOn(view.head.context), view, nowMs),
    step: (state, input, view) => {
      const era = eraOn(view.head.context);
      if (era <= state.era) return run(state, input, view);
      const entered = enter(state.memory, era, view, input.nowMs);
      const after = run(entered.state, input, view);
      return { state: after.state, effects: [...entered.effects, ...after.effects] };
    },
  };
}

/** Of the header and the seal that are about to be made, roughly; where it is too little, the import says so. */
const CARRIER_ROOM = 128;

function tag(era: number, name: string): string {
  return `${era} ${name}`;
}

function tagged(era: number, name: string): string | undefined {
  return name.startsWith(`${era} `) ? name.slice(String(era).length + 1) : undefined;
}

function guardOf(era: number, guard: Guard): Guard {
  const base = BigInt(era) << ERA_BITS;
  switch (guard.kind) {
    case 'block':
      return { ...guard, slot: base + guard.slot };
    case 'vote':
      return { ...guard, source: base + guard.source, target: base + guard.target };
    case 'round':
      return { ...guard, height: base + guard.height };
  }
}
