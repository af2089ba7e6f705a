import { equalBytes, fromHex, toHex } from '@vsys/primitives';
import type { BlockId, ChainId } from '@vsys/primitives';
import type { Effect, EngineInput, Step, TreeView } from '@vsys/consensus';
import type { PublicKeyOf, VerifySignature } from '@vsys/consensus/rules';
import type { FfgCertificate } from './certificate.ts';
import { ballotOf, FFG_CERTIFICATES_PER_HEADER_MAX, targetOf } from './context.ts';
import type { FfgContext } from './context.ts';
import { ffgRules, mayVote } from './ffg-rules.ts';
import type { FfgRules } from './ffg-rules.ts';
import { createHearing } from './hear.ts';
import { ffgVoteMessage } from './link.ts';
import { ffgMemoryFromBytes, ffgMemoryToBytes, noVotes } from './memory.ts';
import type { FfgState } from './state.ts';
import { nameOf, withoutBelow, withVote } from './tally.ts';
import { createTurn, keepCertificate, send, settle } from './turn.ts';
import type { Turn } from './turn.ts';
import type { FfgVote } from './vote.ts';

export interface FfgOptions<C> {
  readonly chainId: ChainId;
  readonly verifySignature: VerifySignature;
  /** Keys of this node; those that are no voter's do nothing. None: it only follows. */
  readonly keys: readonly PublicKeyOf[];
  /** Where the module keeps the gadget's part of its own context. */
  readonly contextOf: (context: C) => FfgContext;
  /** How long a node without memory only listens, unless the chain is as young: an epoch. */
  readonly quietMs: number;
  /** For tests, which take single rules away. */
  readonly rules?: FfgRules;
}

export interface Ffg<C> {
  /** @throws FfgError `FFG_MEMORY` */
  init(saved: Uint8Array | undefined, view: TreeView<C>, nowMs: number): Step<FfgState>;
  /**
   * Knows head, block, message, signed, catchUp and final, and does nothing on others. Its `persist` holds `memoryBytes` only: an engine that remembers more puts
   * its own beside it. Answers to `sign` come back under jobs that begin with `ffg `.
   */
  step(state: FfgState, input: EngineInput, view: TreeView<C>): Step<FfgState>;
  /** What must be durable of this state. */
  memoryBytes(state: FfgState): Uint8Array;
  /** What a block on this parent should carry. */
  certificatesFor(state: FfgState, view: TreeView<C>, parent: BlockId): readonly FfgCertificate[];
}

/** The head is so far above what is justified that votes seem lost. */
const ASK_LAG = 3;
/** Heads between two questions. */
const ASK_EVERY = 2;
const JOB = 'ffg ';

/** The voter of one node as a pure reducer: votes for each new head, counts votes, tells what they justify and make final. */
export function createFfg<C>(options: FfgOptions<C>): Ffg<C> {
  const { chainId, contextOf, rules = ffgRules } = options;
  const own = options.keys.filter(({ scheme }) => scheme === 'ed25519').map(({ bytes }) => bytes);
  const hear = createHearing(options, rules);

  /** Once per height, and only for an executed head: a header alone may be of a block that nobody can execute. */
  function vote(turn: Turn<C>): void {
    const { state, view } = turn;
    const target = ballotOf(contextOf(view.head.context));
    if (target === undefined || !view.head.executed || turn.nowMs < state.quietUntilMs) return;
    const ballot = { setId: target.voters.id, source: target.source, target: target.ref };
    const signers = own.filter((key) => target.voters.keys.some((one) => equalBytes(one, key)));
    if (signers.length === 0 || !mayVote(state.memory, ballot, rules)) return;
    const memory = rules.remember(state.memory, ballot);
    turn.set({ memory });
    turn.effects.push({ kind: 'persist', bytes: ffgMemoryToBytes(memory) });
    const guard = { kind: 'vote', source: BigInt(ballot.source.height), target: BigInt(ballot.target.height) } as const;
    for (const key of signers) turn.effects.push({ kind: 'sign', job: `${JOB}${toHex(target.ref.id)} ${toHex(key)}`, key: { scheme: 'ed25519', bytes: key }, bytes: ffgVoteMessage(chainId, ballot), guard });
  }

  function onSigned(turn: Turn<C>, job: string, signature: Uint8Array): void {
    const [id, key] = job.slice(JOB.length).split(' ') as [string, string];
    const block = turn.view.get(fromHex(id));
    const target = block === undefined ? undefined : ballotOf(contextOf(block.context));
    // Final meanwhile, without this vote.
    if (target === undefined) return;
    const seat = target.voters.keys.findIndex((one) => toHex(one) === key);
    const cast: FfgVote = { setId: target.voters.id, source: target.source, target: target.ref, seat, signature };
    turn.set({ tally: withVote(turn.state.tally, key, { name: nameOf(cast), vote: cast }) });
    keepCertificate(turn, cast, target.voters, rules);
    send(turn, [{ kind: 'vote', vote: cast }]);
  }

  /** Votes may have been lost: nobody sends them twice unasked. */
  function ask(turn: Turn<C>): void {
    const { state, view, nowMs } = turn;
    const justified = Math.max(view.justified.height, view.final.height, contextOf(view.head.context).justified.height);
    if (view.head.height < justified + ASK_LAG || view.head.height < state.asked + ASK_EVERY) return;
    turn.set({ asked: view.head.height });
    send(turn, [{ kind: 'ask', justified, atMs: nowMs }]);
  }

  return {
    init: (saved, view, nowMs) => {
      // Nothing was voted on yet where the votes begin, which may be above genesis where a chain changes its rules.
      const isYoung = ballotOf(contextOf(view.head.context)) === undefined && nowMs < view.head.timeMs + options.quietMs;
      const quietUntilMs = saved === undefined && !isYoung ? nowMs + options.quietMs : 0;
      const turn = createTurn<C>({ memory: saved === undefined ? noVotes : ffgMemoryFromBytes(saved), tally: new Map(), certificates: new Map(), quietUntilMs, asked: 0, answeredMs: new Map(), accused: new Set() }, view, nowMs);
      settle(turn, contextOf, rules);
      vote(turn);
      return { state: turn.state, effects: turn.effects };
    },
    step: (state, input, view) => {
      const turn = createTurn(state, view, input.nowMs);
      switch (input.kind) {
        case 'head':
          settle(turn, contextOf, rules);
          vote(turn);
          ask(turn);
          break;
        case 'block':
          if (input.stage === 'executed') settle(turn, contextOf, rules);
          break;
        case 'message':
          hear.message(turn, input.from, input.bytes);
          if (turn.state.certificates !== state.certificates) settle(turn, contextOf, rules);
          break;
        case 'signed':
          if (input.job.startsWith(JOB)) {
            onSigned(turn, input.job, input.signature);
            settle(turn, contextOf, rules);
          }
          break;
        case 'catchUp':
          hear.tellAll(turn, view.final.height, input.from);
          break;
        case 'final': {
          const { height } = view.final;
          const certificates = new Map([...state.certificates].filter(([, one]) => one.target.height > height));
          turn.set({ tally: withoutBelow(state.tally, height), certificates });
          break;
        }
        default:
      }
      return { state: turn.state, effects: turn.effects as readonly Effect[] };
    },
    memoryBytes: ({ memory }) => ffgMemoryToBytes(memory),
    certificatesFor: (state, view, parent) => {
      const block = view.get(parent);
      if (block === undefined) return [];
      const context = contextOf(block.context);
      return chooseCertificates(context, [...state.certificates.values()], rules);
    },
  };
}

/** Of those that the branch still needs: the highest, and below it the highest that makes its source final. */
export function chooseCertificates(context: FfgContext, known: readonly FfgCertificate[], rules: FfgRules = ffgRules): readonly FfgCertificate[] {
  const useful = known.filter((one) => one.target.height > context.justified.height && targetOf(context, one) !== undefined).toSorted((a, b) => b.target.height - a.target.height);
  const [highest, ...lower] = useful;
  if (highest === undefined) return [];
  const finalising = rules.finalises(highest) ? undefined : lower.find((one) => rules.finalises(one) && one.source.height > context.final.height);
  return [...(finalising === undefined ? [] : [finalising]), highest].slice(0, FFG_CERTIFICATES_PER_HEADER_MAX);
}

