import { equalBytes, fromHex, toHex } from '@vsys/primitives';
import type { BlockId, ChainId, Height } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus';
import type { Engine, EngineInput, PublicKeyOf, Step, VerifySignature } from '@vsys/consensus';
import { createCommittee, keyOfSeat, proposerOf } from './committee.ts';
import type { Committee } from './committee.ts';
import { createHearing } from './hear.ts';
import { memoryFromBytes, memoryToBytes } from './memory.ts';
import type { BftMemory } from './memory.ts';
import type { BftParams, BftValidator } from './params.ts';
import { keepProposal, NAMES_MAX, want } from './proposals.ts';
import { bftExtToBytes, bftRoundOf } from './rules.ts';
import type { BftContext } from './rules.ts';
import { bftSealToBytes } from './seal.ts';
import type { BftState } from './state.ts';
import { countFor, decidedBy, isSplitUp, roundOf, seatsIn, votesFor, votesOf, withVote } from './tally.ts';
import type { Tally } from './tally.ts';
import { notesFor, tell, tellStatus } from './tell.ts';
import { createTurn, hasExecuted, isWanted, ROUNDS_KEPT_MAX, stepName } from './turn.ts';
import type { Turn } from './turn.ts';
import { PRECOMMIT, PREVOTE, PROPOSE, reproposalMessage, voteMessage } from './vote.ts';
import type { Reproposal, Vote, VoteStep } from './vote.ts';
import { voteRules } from './vote-rules.ts';
import type { Polka, VoteRules } from './vote-rules.ts';

export interface BftEngineOptions {
  readonly params: BftParams;
  readonly chainId: ChainId;
  readonly verifySignature: VerifySignature;
  /** For tests, which take single rules away. */
  readonly votes?: VoteRules;
}

/** However long a network was cut, a round is over after this. */
const TIMEOUT_MS_MAX = 60_000;
/**
 * Who hears no quorum of precommits waits so many times longer before it goes on alone. A round of those who do hear one lasts three waits: so whoever is
 * ahead of the others is caught up, and they meet in one round; were all as quick, they would stay apart for ever.
 */
const LONELY_WAITS = 2;
/** Rounds in which a seat with an old memory only listens. */
const QUIET_ROUNDS = 3;
const STEPS: Readonly<Record<number, BftState['step']>> = { [PROPOSE]: 'propose', [PREVOTE]: 'prevote', [PRECOMMIT]: 'precommit' };

/**
 * Decides one height after the other: a proposal, prevotes, precommits, and when that fails another round with another proposer and
 * more patience. A pure reducer: `Turn` gathers the state and the effects of one input.
 */
export function createBftEngine(options: BftEngineOptions, keys: readonly PublicKeyOf[]): Engine<BftContext, BftState> {
  const { params, chainId, votes: rules = voteRules } = options;
  const { periodMs } = params;
  const hear = createHearing(options);
  const committeeOf = (validators: readonly BftValidator[]): Committee => createCommittee(validators, keys, rules.quorum);
  const patienceMs = (round: number): number => Math.min(TIMEOUT_MS_MAX, params.timeoutMs + round * params.timeoutDeltaMs);

  const isSilent = ({ state }: Turn): boolean => state.quietRounds !== undefined && state.quietRounds < QUIET_ROUNDS;
  /** Signs a step once, ever. False: nothing may be signed here. */
  const mayStillSign = (turn: Turn, step: number): boolean => {
    const { height, round, signed, committee } = turn.state;
    if (committee.own.length === 0 || isSilent(turn)) return false;
    return height !== signed.height ? height > signed.height : round !== signed.round ? round > signed.round : step > signed.step;
  };
  const remember = (turn: Turn, step: number): void => {
    const { height, round, locked, valid, tally, committee } = turn.state;
    turn.set({ signed: { height, round, step } });
    const polkas = locked !== undefined && valid !== undefined && locked.round !== valid.round ? [locked, valid] : [valid ?? locked].filter((one) => one !== undefined);
    turn.effects.push({ kind: 'persist', bytes: memoryToBytes({ height, round, step, locked, valid, reasons: polkas.flatMap((polka) => reasonsFor(tally, polka, committee.quorum)) }) });
  };
  const reasonsFor = (tally: Tally, { round, id }: Polka, quorum: number): readonly Vote[] => votesFor(votesOf(tally, round, PREVOTE), id).slice(0, quorum);
  const waitFor = (turn: Turn, ms: number): void => {
    const { height, round, step } = turn.state;
    turn.effects.push({ kind: 'timer', id: stepName(height, round, step), atMs: turn.nowMs + ms });
  };
  function beginHeight(turn: Turn): void {
    const { state, view } = turn;
    const height = view.head.height + 1;
    const settled = state.settled || (state.decided !== undefined && equalBytes(state.decided, view.head.id));
    // Others decided at least one height that this memory knows nothing of: the next may hold a vote of ours that it knows nothing of either.
    const isBehind = !settled && height >= state.signed.height + 2;
    const committee = committeeOf(view.head.context.validators);
    // They were judged by the validators of the height before: a seat that another key took, or that moved, speaks again.
    const waiting = state.height + 1 === height ? state.next.filter(({ seat }) => isSameSeat(state.committee, committee, seat)) : [];
    turn.set({
      committee, height, round: 0, step: 'wait', locked: undefined, valid: undefined, proposals: new Map(), tally: waiting.reduce(withVote, new Map()), next: [], extended: false, lonely: 0, prevotesCounted: false, precommitsCounted: false,
      importing: new Set(), invalid: new Set(), fetchedMs: new Map(), sources: new Map(), decided: undefined, building: undefined, quietRounds: isBehind ? 0 : undefined, settled, accused: new Set(), answeredMs: new Map(),
    });
    waitFor(turn, Math.max(0, view.head.timeMs + periodMs - turn.nowMs));
  }

  function beginRound(turn: Turn, round: number): void {
    const { state } = turn;
    const kept = new Set([state.locked?.round, state.valid?.round]);
    turn.set({
      round, step: 'propose', extended: false, lonely: 0, prevotesCounted: false, precommitsCounted: false, building: undefined,
      tally: new Map([...state.tally].filter(([one]) => one > round - ROUNDS_KEPT_MAX || kept.has(one))),
      proposals: new Map([...state.proposals].filter(([one]) => one > round - ROUNDS_KEPT_MAX)),
      ...(state.quietRounds === undefined ? {} : { quietRounds: state.quietRounds + 1 }),
    });
    adopt(turn);
    waitFor(turn, patienceMs(round));
    const proposer = proposerOf(state.committee, state.height, round);
    if (state.committee.own.includes(proposer) && mayStillSign(turn, PROPOSE)) propose(turn, proposer);
  }

  /** What a quorum prevoted for in a round that is over may be proposed again too: whoever heard of it late is as good a proposer as who heard of it in time. */
  function adopt(turn: Turn): void {
    const { round, tally, committee: { quorum } } = turn.state;
    for (const [one, { prevotes }] of tally) {
      const { valid } = turn.state;
      if (one >= round || (valid !== undefined && one <= valid.round)) continue;
      const id = decidedBy(prevotes, quorum)?.id;
      if (id === undefined) continue;
      if (hasExecuted(turn, id)) turn.set({ valid: rules.keepValid(valid, { round: one, id }) });
      else want(turn, id);
    }
  }

  function propose(turn: Turn, seat: number): void {
    remember(turn, PROPOSE);
    const { height, round, valid } = turn.state;
    if (valid === undefined) {
      const { head } = turn.view;
      const timeMs = Math.max(turn.nowMs, head.timeMs + periodMs);
      turn.effects.push({ kind: 'build', job: `block ${height} ${round}`, on: head.id, timeMs, ext: bftExtToBytes(round), deadlineMs: turn.nowMs + Math.ceil(patienceMs(round) / 2) });
      return;
    }
    const bytes = reproposalMessage(chainId, { height, round, validRound: valid.round, id: valid.id });
    turn.effects.push({ kind: 'sign', job: `again ${height} ${round} ${seat} ${valid.round} ${toHex(valid.id)}`, key: keyOfSeat(turn.state.committee, seat), bytes, guard: { kind: 'round', height: BigInt(height), round, step: PROPOSE } });
  }

  /** Votes in this step, and waits for others'. The wait also ends without a quorum: a vote that was lost in a crash may be the one that is missing. */
  function vote(turn: Turn, step: VoteStep, id: BlockId | undefined): void {
    turn.set({ step: step === PREVOTE ? 'prevote' : 'precommit' });
    const { height, round, committee } = turn.state;
    waitFor(turn, patienceMs(round));
    if (!mayStillSign(turn, step)) return;
    remember(turn, step);
    for (const seat of committee.own) {
      const bytes = voteMessage(chainId, { step, height, round, id });
      turn.effects.push({ kind: 'sign', job: `vote ${height} ${round} ${step} ${seat} ${id === undefined ? '-' : toHex(id)}`, key: keyOfSeat(committee, seat), bytes, guard: { kind: 'round', height: BigInt(height), round, step } });
    }
  }

  /** Applies rules until none has anything to say. */
  function settle(turn: Turn): void {
    while (turn.state.decided === undefined && (decide(turn) || skip(turn) || prevote(turn) || precommit(turn) || count(turn)));
  }

  /** Line 49: a quorum of precommits of one round for an executed block. */
  function decide(turn: Turn): boolean {
    const { state } = turn;
    const { quorum } = state.committee;
    for (const [round, { precommits }] of state.tally) {
      const id = decidedBy(precommits, quorum)?.id;
      if (id === undefined) continue;
      if (!hasExecuted(turn, id)) {
        want(turn, id);
        continue;
      }
      const chosen = votesFor(precommits, id).slice(0, quorum);
      turn.set({ decided: id });
      turn.effects.push({ kind: 'certify', id, seal: bftSealToBytes({ kind: 'certificate', round, precommits: chosen }) }, { kind: 'finalise', ref: { id, height: state.height } });
      return true;
    }
    return false;
  }

  /** Line 55. */
  function skip(turn: Turn): boolean {
    const { step, round, tally, committee: { n, quorum } } = turn.state;
    const current = step === 'wait' ? -1 : round;
    const later = [...tally.keys()].filter((one) => one > current).toSorted((a, b) => b - a);
    const there = new Set<number>();
    for (const one of later) {
      for (const seat of seatsIn(roundOf(tally, one))) there.add(seat);
      if (!rules.skipsTo(there.size, n, quorum)) continue;
      beginRound(turn, one);
      return true;
    }
    return false;
  }

  /** Lines 22 and 28. */
  function prevote(turn: Turn): boolean {
    const { step, round, proposals, tally, locked, invalid, committee: { quorum } } = turn.state;
    const proposed = step === 'propose' ? proposals.get(round) : undefined;
    if (proposed === undefined) return false;
    const { id, validRound } = proposed;
    if (!rules.hasReason(proposed, validRound === undefined ? 0 : countFor(votesOf(tally, validRound, PREVOTE), id), quorum)) return false;
    const isValid = hasExecuted(turn, id);
    if (!isValid && !invalid.has(toHex(id))) return want(turn, id);
    vote(turn, PREVOTE, isValid && rules.mayPrevote(locked, proposed) ? id : undefined);
    return true;
  }

  /** Lines 36 and 44. */
  function precommit(turn: Turn): boolean {
    const { state } = turn;
    if (state.step !== 'prevote' && state.step !== 'precommit') return false;
    const polka = decidedBy(votesOf(state.tally, state.round, PREVOTE), state.committee.quorum);
    if (polka === undefined) return false;
    if (polka.id === undefined) {
      if (state.step !== 'prevote') return false;
      vote(turn, PRECOMMIT, undefined);
      return true;
    }
    if (!hasExecuted(turn, polka.id)) return want(turn, polka.id);
    if (state.valid?.round === state.round && state.step === 'precommit') return false;
    const found = { round: state.round, id: polka.id };
    turn.set({ valid: rules.keepValid(state.valid, found) });
    if (state.step === 'precommit') return false;
    turn.set({ locked: rules.lock(state.locked, found) });
    vote(turn, PRECOMMIT, polka.id);
    return true;
  }

  /** Lines 34 and 47: a quorum voted, though not for one thing; the rest get as long as a step lasts, unless they would change nothing. */
  function count(turn: Turn): boolean {
    const { step, round, tally, prevotesCounted, precommitsCounted, committee: { n, quorum } } = turn.state;
    const { prevotes, precommits } = roundOf(tally, round);
    // Halves of a network that meet again are in a round in which each voted alone; its patience is as long as their time apart made it.
    if (step === 'prevote' && isSplitUp(prevotes, n, quorum)) {
      vote(turn, PRECOMMIT, undefined);
      return true;
    }
    if (step === 'prevote' && !prevotesCounted && prevotes.size >= quorum) {
      turn.set({ prevotesCounted: true });
      waitFor(turn, patienceMs(round));
    }
    // So many for nothing leave too few for any block: waiting would change nothing.
    if (step === 'precommit' && (countFor(precommits, undefined) >= quorum || isSplitUp(precommits, n, quorum))) {
      beginRound(turn, round + 1);
      return true;
    }
    if (step === 'precommit' && !precommitsCounted && precommits.size >= quorum) {
      turn.set({ precommitsCounted: true });
      waitFor(turn, patienceMs(round));
    }
    return false;
  }

  function onTimer(turn: Turn, id: string): void {
    const { height, round, step, proposals, importing, extended, precommitsCounted, lonely } = turn.state;
    if (id !== stepName(height, round, step)) return;
    if (step === 'wait') return beginRound(turn, 0);
    const proposed = proposals.get(round);
    if (step === 'propose' && !extended && proposed !== undefined && importing.has(toHex(proposed.id))) {
      // It is here, and only slow: to vote against it now would throw the work of everybody away.
      turn.set({ extended: true });
      return waitFor(turn, patienceMs(round));
    }
    // What others sent may have been lost: who has it sends it again.
    tellStatus(turn);
    if (step === 'propose') return vote(turn, PREVOTE, undefined);
    if (step === 'prevote') return vote(turn, PRECOMMIT, undefined);
    if (!precommitsCounted && lonely < LONELY_WAITS) {
      turn.set({ lonely: lonely + 1 });
      return waitFor(turn, patienceMs(round));
    }
    beginRound(turn, round + 1);
  }

  function onSigned(turn: Turn, job: string, signature: Uint8Array): void {
    const [kind, height, round, ...rest] = job.split(' ') as [string, string, string, ...string[]];
    if (Number(height) !== turn.state.height) return;
    if (kind === 'vote') {
      const [step, seat, id] = rest as [string, string, string];
      const cast: Vote = { height: Number(height), round: Number(round), step: Number(step) as VoteStep, seat: Number(seat), id: id === '-' ? undefined : fromHex(id), signature };
      turn.set({ tally: withVote(turn.state.tally, cast) });
      return tell(turn, [{ kind: 'vote', vote: cast }]);
    }
    if (kind === 'again') {
      const [seat, validRound, id] = rest as [string, string, string];
      const reproposal: Reproposal = { height: Number(height), round: Number(round), validRound: Number(validRound), seat: Number(seat), id: fromHex(id), signature };
      keepProposal(turn, { round: reproposal.round, id: reproposal.id, validRound: reproposal.validRound, signed: { kind: 'again', reproposal } });
      return tell(turn, [{ kind: 'reproposal', reproposal }, ...reasonsFor(turn.state.tally, { round: reproposal.validRound, id: reproposal.id }, turn.state.committee.quorum).map((one) => ({ kind: 'vote', vote: one }) as const)]);
    }
    const { building } = turn.state;
    if (building?.job !== job) return;
    const seal = bftSealToBytes({ kind: 'proposal', signature });
    keepProposal(turn, { round: Number(round), id: building.id, validRound: undefined, signed: { kind: 'fresh', header: building.header, seal } });
    turn.effects.push({ kind: 'seal', job, seal }, { kind: 'publish', job });
  }

  /** A block that nobody voted for enters the tree only as the first proposal of this round or the next, or because votes ask for it. */
  function onCandidate(turn: Turn, { id, header, seal }: Extract<EngineInput, { kind: 'candidate' }>): void {
    const { state, view } = turn;
    const name = toHex(id);
    if (header.height !== state.height || !equalBytes(header.parent, view.head.id) || state.invalid.has(name)) return;
    const round = bftRoundOf(header.ext);
    const isNear = round >= state.round && round <= state.round + 1;
    const isFirst = isNear && keepProposal(turn, { round, id, validRound: undefined, signed: { kind: 'fresh', header, seal } });
    if (isFirst) turn.effects.push({ kind: 'judge', judgement: 'accept' });
    if (!isFirst && !isWanted(turn, id, state.committee.honestMin)) return;
    if (state.importing.has(name) || view.get(id) !== undefined || state.importing.size >= NAMES_MAX) return;
    turn.set({ importing: new Set(turn.state.importing).add(name) });
    turn.effects.push({ kind: 'import', id });
  }

  /** What is head has a certificate, however it came here. */
  function follow(turn: Turn): void {
    const { head, final } = turn.view;
    if (head.height > final.height) turn.effects.push({ kind: 'finalise', ref: { id: head.id, height: head.height } });
  }

  function onInput(turn: Turn, input: EngineInput): void {
    switch (input.kind) {
      case 'timer':
        return onTimer(turn, input.id);
      case 'head':
        follow(turn);
        if (turn.view.head.height + 1 !== turn.state.height) beginHeight(turn);
        return;
      case 'block': {
        const importing = new Set(turn.state.importing);
        importing.delete(toHex(input.id));
        return turn.set({ importing, ...(input.stage === 'invalid' ? { invalid: new Set(turn.state.invalid).add(toHex(input.id)) } : {}) });
      }
      case 'candidate':
        return onCandidate(turn, input);
      case 'message':
        return hear(turn, input.from, input.bytes);
      case 'built': {
        const { height, round, step, committee } = turn.state;
        const job = `block ${height} ${round}`;
        // What took longer than its round is dropped.
        if (input.job !== job || step !== 'propose') return;
        turn.set({ building: { job, id: input.id, header: input.header } });
        return void turn.effects.push({ kind: 'sign', job, key: keyOfSeat(committee, proposerOf(committee, height, round)), bytes: sealMessage(input.id), guard: { kind: 'round', height: BigInt(height), round, step: PROPOSE } });
      }
      case 'signed':
        return onSigned(turn, input.job, input.signature);
      case 'catchUp':
        if (input.have + 1 !== turn.state.height) return;
        tell(turn, notesFor(turn.state, turn.state.round), input.from);
        // It may stand in a later round already, and tell of that one only what we do not wait for.
        return tellStatus(turn, input.from);
      default:
        return;
    }
  }

  const end = (turn: Turn): Step<BftState> => ({ state: turn.state, effects: turn.effects });

  return {
    init: (saved, view, nowMs) => {
      const memory = saved === undefined ? undefined : memoryFromBytes(saved);
      const first = (view.began ?? 0) + 1;
      const turn = createTurn(initialState(memory, committeeOf(view.head.context.validators), first), view, nowMs);
      follow(turn);
      beginHeight(turn);
      const { height } = turn.state;
      // Without a memory on a chain that has blocks: a new seat, or one that lost it. It cannot tell, so it listens.
      if (memory === undefined && height > first) turn.set({ quietRounds: 0 });
      if (memory?.height === height) resume(turn, memory);
      settle(turn);
      return end(turn);
    },
    step: (state, input, view) => {
      const turn = createTurn(state, view, input.nowMs);
      onInput(turn, input);
      settle(turn);
      return end(turn);
    },
  };

  /** Goes on in the round and step that was signed last; a vote that was not sent before the crash is lost, and the step times out. */
  function resume(turn: Turn, { round, step, locked, valid, reasons }: BftMemory): void {
    const now = STEPS[step];
    if (now === undefined) return;
    turn.set({ round, step: now, locked, valid, tally: reasons.reduce(withVote, turn.state.tally) });
    waitFor(turn, patienceMs(round));
    tellStatus(turn);
  }

  function initialState(memory: BftMemory | undefined, committee: Committee, first: Height): BftState {
    return {
      committee, height: 0, round: 0, step: 'wait', locked: undefined, valid: undefined, proposals: new Map(), tally: new Map(), next: [], extended: false, lonely: 0, prevotesCounted: false, precommitsCounted: false, importing: new Set(), invalid: new Set(),
      fetchedMs: new Map(), sources: new Map(), decided: undefined, building: undefined, signed: memory ?? { height: first, round: 0, step: 0 }, quietRounds: undefined, settled: false, accused: new Set(), answeredMs: new Map(),
    };
  }
}

function isSameSeat(before: Committee, after: Committee, seat: number): boolean {
  return seat < before.n && seat < after.n && equalBytes(keyOfSeat(before, seat).bytes, keyOfSeat(after, seat).bytes);
}
