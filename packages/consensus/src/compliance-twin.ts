import { accept } from '@vsys/primitives';
import type { ConsensusSubject } from './compliance-bench.ts';
import type { Declared } from './compliance-check.ts';
import type { Consensus } from './module.ts';
import type { Effect, Engine } from './engine.ts';
import type { HeaderRules, Stepped } from './rules.ts';

/** A good module with one fault put in, and the check that must find it. A suite that passes a twin proves nothing. */
export interface BrokenTwin {
  readonly name: string;
  /** Name of the check that must fail. */
  readonly failedBy: string;
  /** Part of the sentence that it must fail with, so that it is not found by accident. */
  readonly sentence: string;
  /** Modules under which it is a fault; absent: all that owe the check. */
  readonly under?: (declared: Declared) => boolean;
  breakSubject<C>(subject: ConsensusSubject<C>): ConsensusSubject<C>;
}

export function withRules<C>(subject: ConsensusSubject<C>, change: (rules: HeaderRules<C>) => Partial<HeaderRules<C>>): ConsensusSubject<C> {
  const { rules } = subject.consensus;
  return { ...subject, consensus: { ...subject.consensus, rules: { ...rules, ...change(rules) } }, sign: subject.sign.bind(subject), blockId: subject.blockId.bind(subject) };
}

export function withEngine<C>(subject: ConsensusSubject<C>, change: (engine: Engine<C>, all: Engine<C>) => Engine<C>): ConsensusSubject<C> {
  const { consensus } = subject;
  return { ...subject, consensus: { ...consensus, engine: (keys) => change(consensus.engine(keys), consensus.engine(subject.keys)) }, sign: subject.sign.bind(subject), blockId: subject.blockId.bind(subject) };
}

/** Adds to what each step asks for. */
export function withEffects<C>(subject: ConsensusSubject<C>, more: () => readonly Effect[]): ConsensusSubject<C> {
  return withEngine(subject, (engine) => ({
    init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
    step: (state, input, view) => {
      const step = engine.step(state, input, view);
      return { ...step, effects: [...step.effects, ...more()] };
    },
  }));
}

/** Changes what an accepted header leads to. */
export function afterStep<C>(rules: HeaderRules<C>, change: (stepped: Stepped<C>, height: number) => Stepped<C>): Partial<HeaderRules<C>> {
  return {
    step: (parent, child) => {
      const verdict = rules.step(parent, child);
      return verdict.ok ? accept(change(verdict.value, child.header.height)) : verdict;
    },
  };
}

/** Changes what each step asks for. */
export function mappedEffects<C>(engine: Engine<C>, change: (effects: readonly Effect[], nowMs: number) => readonly Effect[]): Engine<C> {
  return {
    init: (saved, view, nowMs) => {
      const step = engine.init(saved, view, nowMs);
      return { ...step, effects: change(step.effects, nowMs) };
    },
    step: (state, input, view) => {
      const step = engine.step(state, input, view);
      return { ...step, effects: change(step.effects, input.nowMs) };
    },
  };
}

/** Changes what the module says of itself at work. */
export function withConsensus<C>(subject: ConsensusSubject<C>, change: Partial<Consensus<C>>): ConsensusSubject<C> {
  return { ...subject, consensus: { ...subject.consensus, ...change }, sign: subject.sign.bind(subject), blockId: subject.blockId.bind(subject) };
}
