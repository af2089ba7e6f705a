import { toHex } from '@vsys/primitives';
import { createBench } from './compliance-bench.ts';
import type { ConsensusSubject } from './compliance-bench.ts';
import { must, usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import type { Effect, Engine } from './engine.ts';

/** Of one step: a host performs them in order, and everything else waits. */
const EFFECTS_MAX = 64;
const SAVED_BYTES_MAX = 64 * 1024;
/** Timers of one engine that have not fired. */
const TIMERS_MAX = 64;

/** What engines owe as reducers: the same again for the same, and never much at a time. */
export const effectChecks: readonly ConsensusCheck[] = [
  {
    property: 'replay',
    name: 'the same inputs give the same effects, byte for byte',
    run: async (create) => {
      const [first, second] = [(await effectsOf(await create())).map(printEffects), (await effectsOf(await create())).map(printEffects)];
      must(first.length > 0, 'the engines asked for nothing');
      const at = first.findIndex((effect, i) => effect !== second[i]);
      must(at < 0 && first.length === second.length, `effect ${at < 0 ? first.length : at} differs between two runs of one history`);
    },
  },
  {
    property: 'bounded effects',
    name: 'a step asks for few things, and what is kept and sent is small',
    run: async (create, { wire } = usual) => {
      const timers = new Map<number, Map<string, number>>();
      for (const { engine, nowMs, effects } of await effectsOf(await create())) {
        const own = timers.get(engine) ?? new Map<string, number>();
        timers.set(engine, own);
        for (const [id, atMs] of own) if (atMs <= nowMs) own.delete(id);
        must(effects.length <= EFFECTS_MAX, `${effects.length} effects in one step`);
        for (const effect of effects) {
          if (effect.kind === 'persist') must(effect.bytes.length <= SAVED_BYTES_MAX, `${effect.bytes.length} bytes to remember`);
          if (effect.kind === 'send' && wire !== undefined) must(effect.bytes.length <= wire.messageBytesMax, `a message of ${effect.bytes.length} bytes`);
          if (effect.kind === 'timer') own.set(effect.id, effect.atMs);
        }
        must(own.size <= TIMERS_MAX, `${own.size} timers at a time, each under a name of its own`);
      }
    },
  },
];

interface Asked {
  readonly engine: number;
  readonly nowMs: number;
  readonly effects: readonly Effect[];
}

/** What all engines asked for while they made a history, step by step. */
async function effectsOf<C>(subject: ConsensusSubject<C>): Promise<readonly Asked[]> {
  const steps: Asked[] = [];
  let engines = 0;
  const { consensus } = subject;
  const watched = (engine: Engine<C>): Engine<C> => {
    const own = engines++;
    const note = <S extends { readonly effects: readonly Effect[] }>(step: S, nowMs: number): S => {
      steps.push({ engine: own, nowMs, effects: step.effects });
      return step;
    };
    return { init: (saved, view, nowMs) => note(engine.init(saved, view, nowMs), nowMs), step: (state, input, view) => note(engine.step(state, input, view), input.nowMs) };
  };
  const bench = createBench({ ...subject, consensus: { ...consensus, engine: (keys) => watched(consensus.engine(keys)) }, sign: subject.sign.bind(subject), blockId: subject.blockId.bind(subject) });
  await bench.run(2 * subject.keys.length + 2);
  await bench.close();
  return steps;
}

/** Bytes and large numbers included: equal for what asks for the same. */
export function printEffects(asked: unknown): string {
  return JSON.stringify(asked, (_, value: unknown) => {
    if (value instanceof Uint8Array) return toHex(value);
    return typeof value === 'bigint' ? String(value) : value;
  });
}
