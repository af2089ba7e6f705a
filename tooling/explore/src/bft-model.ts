import { concatBytes, equalBytes, uint32ToBytes } from '@vsys/primitives';
import { voteRules } from '@vsys/consensus-bft';
import type { Polka, VoteRules } from '@vsys/consensus-bft';
import type { Model, Step } from './search.ts';

export interface BftCase {
  readonly name: string;
  readonly honest: number;
  readonly byzantine: number;
  readonly values: number;
  readonly rounds: number;
  readonly rules?: VoteRules;
}

/** An honest validator in one height: what it is locked on, and how it voted in the step at hand; -1: for nothing, or not yet. */
interface Validator {
  readonly locked: Polka | undefined;
  readonly voted: number;
}

export interface BftModelState {
  /** Alike, so in order of what they know. */
  readonly validators: readonly Validator[];
  /** Prevotes in round 0, precommits in round 0, prevotes in round 1, and so on. */
  readonly step: number;
  /** Round by round, how many prevoted for each value: a quorum, or 0 for fewer, which count as none. */
  readonly prevotes: readonly (readonly number[])[];
  /** Values that a quorum precommitted: a bit each. */
  readonly decided: number;
}

/**
 * One height under the rules of bft@1. Steps come one after the other: each validator votes for growing steps, and what it looks at are votes of steps before, so every run can be done
 * again in this order. Proposals are whatever helps, another one for each validator; dishonest votes are there for every value at any time. Both is more than can happen, so what is not found here does not happen.
 */
export function bftModel({ honest, byzantine, values, rounds, rules = voteRules }: BftCase): Model<BftModelState> {
  const quorum = rules.quorum(honest + byzantine);
  const all = Array.from({ length: values }, (_, value) => value);
  const idOf = (value: number): Uint8Array => concatBytes(new Uint8Array(28), uint32ToBytes(value + 1));
  const valueOf = (id: Uint8Array): number => all.findIndex((value) => equalBytes(idOf(value), id));
  const isQuorum = (validators: readonly Validator[], value: number): boolean => validators.filter(({ voted }) => voted === value).length + byzantine >= quorum;

  /** Some proposal of this value can be made in the round that this validator may prevote for. */
  function mayPrevote({ prevotes }: BftModelState, { locked }: Validator, round: number, value: number): boolean {
    const reasons = [undefined, ...Array.from({ length: round + 1 }, (_, validRound) => validRound)];
    return reasons.some((validRound) => {
      const proposed = { round, id: idOf(value), validRound };
      const counted = validRound === undefined ? 0 : (prevotes[validRound]?.[value] ?? 0);
      return rules.hasReason(proposed, counted, quorum) && rules.mayPrevote(locked, proposed);
    });
  }

  function* voting(state: BftModelState): Generator<Step<BftModelState>> {
    const round = state.step >> 1;
    const isPrevote = state.step % 2 === 0;
    for (const [i, validator] of state.validators.entries()) {
      const before = state.validators[i - 1];
      if (validator.voted >= 0 || (before !== undefined && codeOf(before) === codeOf(validator))) continue;
      for (const value of all) {
        const polka = { round, id: idOf(value) };
        if (isPrevote ? !mayPrevote(state, validator, round, value) : state.prevotes[round]?.[value] !== quorum) continue;
        const voted = { locked: isPrevote ? validator.locked : rules.lock(validator.locked, polka), voted: value };
        yield { state: { ...state, validators: sorted(state.validators.with(i, voted)) }, what: () => `a validator ${isPrevote ? 'prevotes' : 'precommits'} ${value} in round ${round}` };
      }
    }
  }

  function counting(state: BftModelState): readonly Step<BftModelState>[] {
    if (state.step + 1 >= 2 * rounds) return [];
    const prevotes = state.step % 2 === 0 ? [...state.prevotes, all.map((value) => (isQuorum(state.validators, value) ? quorum : 0))] : state.prevotes;
    const validators = sorted(state.validators.map(({ locked }) => ({ locked, voted: -1 })));
    return [{ state: { validators, step: state.step + 1, prevotes, decided: decidedIn(state) }, what: () => `step ${state.step} is over` }];
  }

  const decidedIn = ({ step, validators, decided }: BftModelState): number => (step % 2 === 0 ? decided : all.reduce((mask, value) => (isQuorum(validators, value) ? mask | (1 << value) : mask), decided));
  const codeOf = ({ locked, voted }: Validator): number => (locked === undefined ? 0 : 1 + locked.round * values + valueOf(locked.id)) * (values + 1) + voted + 1;
  const sorted = (validators: readonly Validator[]): readonly Validator[] => validators.toSorted((a, b) => codeOf(a) - codeOf(b));

  return {
    initial: { validators: Array.from({ length: honest }, () => ({ locked: undefined, voted: -1 })), step: 0, prevotes: [], decided: 0 },
    next: (state) => [...voting(state), ...counting(state)],
    key: ({ validators, step, prevotes, decided }) => String.fromCharCode(step, decided, ...validators.map(codeOf), ...prevotes.flat()),
    problem: (state) => {
      const decided = all.filter((value) => (decidedIn(state) & (1 << value)) !== 0);
      return decided.length > 1 ? `values ${decided.join(' and ')} are both decided` : undefined;
    },
  };
}
