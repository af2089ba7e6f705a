import { createBlockTree } from '@vsys/block-tree';
import { authoritiesFromBytes, createTreeView, sealMessage } from '@vsys/consensus';
import type { EngineInput } from '@vsys/consensus';
import { bftExtToBytes, bftParamsToBytes, bftProposer, bftSealToBytes, createBftEngine, createBftRules, notesFromBytes, notesToBytes, PREVOTE, reproposalMessage, voteMessage, voteRules } from '@vsys/consensus-bft';
import type { BftNote, BftState, BftValidator, Vote, VoteRules, VoteStep } from '@vsys/consensus-bft';
import type { Header } from '@vsys/data-format';
import { equalBytes, toHex } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { blockId, genesisAt, paramsOf, publicKeyOf, signerOf, specOf, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);
export const START_MS = 1_700_000_000_000;

export interface OneEngineOptions {
  readonly seat?: number;
  readonly validators?: number;
  readonly votes?: VoteRules;
  readonly saved?: Uint8Array;
  /** Blocks that are there already, one on the other. */
  readonly height?: number;
}

/** What the engine under test signed. */
export interface Cast {
  readonly step: VoteStep;
  readonly round: number;
  readonly id: BlockId | undefined;
}

/** One real engine at one seat; the test speaks for all others, with their keys. */
export interface OneEngine {
  readonly state: BftState;
  readonly cast: readonly Cast[];
  /** Rounds in which it asked for a block, and reproposals that it signed. */
  readonly built: readonly number[];
  readonly reproposed: readonly { readonly round: number; readonly validRound: number; readonly id: BlockId }[];
  readonly evidence: readonly Uint8Array[];
  readonly behind: readonly number[];
  /** Candidates that it took into the tree. */
  readonly imported: readonly BlockId[];
  readonly fetched: readonly { readonly from: string; readonly id: BlockId }[];
  readonly sent: readonly { readonly to: string | undefined; readonly notes: readonly BftNote[] }[];
  readonly decided: BlockId | undefined;
  /** The certificate that it handed over. */
  readonly seal: Uint8Array | undefined;
  readonly nowMs: number;
  readonly saved: Uint8Array | undefined;
  /** What it said of the last message or candidate. */
  readonly judged: string | undefined;
  /** In order: what is durable, what is signed. */
  readonly log: readonly string[];
  step(input: EngineEvent): void;
  /** The timer of the present step fires. */
  tick(): void;
  /** Until that round has begun. */
  tickTo(round: number): void;
  /** The proposer of a round proposes a fresh block; marks make different ones. One that does not hold is found invalid on import. */
  propose(round: number, mark?: number, holds?: boolean | 'slow'): BlockId;
  /** A slow one has been executed. */
  execute(id: BlockId): void;
  repropose(round: number, id: BlockId, validRound: number, by?: number): void;
  prevotes(round: number, id: BlockId | undefined, seats: readonly number[]): void;
  precommits(round: number, id: BlockId | undefined, seats: readonly number[]): void;
  vote(seat: number, step: VoteStep, round: number, id: BlockId | undefined, height?: number): Vote;
  receive(notes: readonly BftNote[], from?: string): void;
  headerOf(id: BlockId): Header;
  /** The block of this height comes certified, and says who decides from the next one on. */
  follow(next?: readonly BftValidator[]): void;
}

type EngineEvent = EngineInput extends infer I ? (I extends EngineInput ? Omit<I, 'nowMs'> : never) : never;

export function oneEngine({ seat = 0, validators = 4, votes = voteRules, saved: before, height = 0 }: OneEngineOptions = {}): OneEngine {
  const params = paramsOf(validators);
  const sign = signerOf(Math.max(validators, 8));
  const rules = createBftRules(params, ZERO, verifySignature);
  const genesis = genesisAt(START_MS);
  const genesisId = blockId(genesis);
  const start = rules.genesis(specOf('bft@1', bftParamsToBytes(params), START_MS), { id: genesisId, height: 0, timeMs: START_MS });
  const tree = createBlockTree({ genesis: { id: genesisId, header: genesis, rank: start.rank, context: rules.encode(start.context) } });
  const view = createTreeView(tree, rules);
  const engine = createBftEngine({ params, chainId: ZERO, verifySignature, votes }, [publicKeyOf(seat)]);
  const headers = new Map<string, Header>();
  const pending = new Map<string, Header>();
  const slow = new Set<string>();
  const timers = new Map<string, number>();
  const log: string[] = [];
  const cast: Cast[] = [];
  const built: number[] = [];
  const reproposed: { round: number; validRound: number; id: BlockId }[] = [];
  const evidence: Uint8Array[] = [];
  const behind: number[] = [];
  const imported: BlockId[] = [];
  const fetched: { from: string; id: BlockId }[] = [];
  const sent: { to: string | undefined; notes: readonly BftNote[] }[] = [];
  let nowMs = START_MS;
  let saved = before;
  let decided: BlockId | undefined;
  let seal: Uint8Array | undefined;
  let judged: string | undefined;

  const validatorsAfter = ({ ext }: Header): readonly BftValidator[] => (ext.length > 4 ? authoritiesFromBytes(ext.subarray(4)) : undefined) ?? (tree.head.header.height === 0 ? params.validators : view.head.context.validators);
  const headerOn = (round: number, mark: number): Header => {
    const { head } = tree;
    return { ...head.header, height: head.height + 1, parent: head.id, timeMs: Math.max(nowMs, head.timeMs + params.periodMs) + mark, ext: bftExtToBytes(round) };
  };
  const insert = (header: Header, seal: Uint8Array, isCertified = false): BlockId => {
    const id = blockId(header);
    const inserted = tree.insertHeader({ id, header, seal, rank: isCertified ? [BigInt(header.height)] : null, context: rules.encode({ height: header.height, timeMs: header.timeMs, validators: validatorsAfter(header) }) });
    if (inserted.ok) tree.markExecuted(id);
    return id;
  };
  /** A block on the head, certified elsewhere. */
  const decideElsewhere = (next?: readonly BftValidator[]): void => {
    const header = headerOn(0, 0);
    tree.setHead(insert({ ...header, ext: bftExtToBytes(0, next) }, new Uint8Array(), true));
  };
  for (let i = 0; i < height; i++) decideElsewhere();

  let state: BftState;
  const queue: EngineEvent[] = [];
  const perform = (effects: ReturnType<typeof engine.step>['effects']): void => {
    for (const effect of effects) {
      if (effect.kind === 'timer') timers.set(effect.id, effect.atMs);
      if (effect.kind === 'persist') {
        saved = effect.bytes;
        log.push('persist');
      }
      if (effect.kind === 'build') {
        log.push('build');
        built.push(state.round);
        const header = { ...headerOn(0, 0), timeMs: effect.timeMs, ext: effect.ext };
        headers.set(toHex(blockId(header)), header);
        queue.push({ kind: 'built', job: effect.job, id: blockId(header), header });
      }
      if (effect.kind === 'sign') {
        log.push(`sign ${effect.guard.kind === 'round' ? `${effect.guard.height} ${effect.guard.round} ${effect.guard.step}` : ''}`);
        queue.push({ kind: 'signed', job: effect.job, signature: sign(effect.key, effect.bytes) });
      }
      if (effect.kind === 'seal') {
        const header = state.building?.header as Header;
        queue.push({ kind: 'block', id: insert(header, effect.seal), stage: 'executed' });
      }
      if (effect.kind === 'import') {
        imported.push(effect.id);
        const header = pending.get(toHex(effect.id));
        if (slow.has(toHex(effect.id))) continue;
        if (header !== undefined) insert(header, new Uint8Array());
        queue.push({ kind: 'block', id: effect.id, stage: header === undefined ? 'invalid' : 'executed' });
      }
      if (effect.kind === 'certify') ({ id: decided, seal } = effect);
      if (effect.kind === 'evidence') evidence.push(effect.bytes);
      if (effect.kind === 'fetch') fetched.push({ from: effect.from, id: effect.id });
      if (effect.kind === 'behind') behind.push(effect.height);
      if (effect.kind === 'judge') judged = effect.judgement;
      if (effect.kind === 'send') {
        const notes = notesFromBytes(effect.bytes) ?? [];
        sent.push({ to: effect.to, notes });
        for (const note of notes) {
          const isOwn = effect.to === undefined;
          if (isOwn && note.kind === 'vote') cast.push({ step: note.vote.step, round: note.vote.round, id: note.vote.id });
          if (isOwn && note.kind === 'reproposal') reproposed.push(note.reproposal);
        }
      }
    }
  };
  const step = (input: EngineEvent): void => {
    queue.push(input);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next.kind === 'message' || next.kind === 'candidate') judged = undefined;
      const done = engine.step(state, { ...next, nowMs } as EngineInput, view);
      state = done.state;
      perform(done.effects);
    }
  };
  const receive = (notes: readonly BftNote[], from = 'peer'): void => step({ kind: 'message', from, bytes: notesToBytes(notes) });
  const vote = (by: number, which: VoteStep, round: number, id: BlockId | undefined, at = state.height): Vote =>
    ({ height: at, round, step: which, id, seat: by, signature: sign(publicKeyOf(by), voteMessage(ZERO, { step: which, height: at, round, id })) });
  const tick = (): void => {
    const id = `${state.height} ${state.round} ${state.step}`;
    const atMs = timers.get(id);
    if (atMs === undefined) throw new Error(`the step ${id} waits for ever`);
    nowMs = Math.max(nowMs, atMs);
    step({ kind: 'timer', id });
  };

  const first = engine.init(before, view, nowMs);
  state = first.state;
  perform(first.effects);

  return {
    get state() { return state; },
    cast, built, reproposed, evidence, behind, imported, fetched, sent, log, step, tick, vote, receive,
    get decided() { return decided; },
    get seal() { return seal; },
    get nowMs() { return nowMs; },
    get saved() { return saved; },
    get judged() { return judged; },
    tickTo: (round) => {
      for (let i = 0; i < 200 && (state.round < round || state.step === 'wait'); i++) tick();
    },
    propose: (round, mark = 0, holds: boolean | 'slow' = true) => {
      const header = headerOn(round, mark);
      const id = blockId(header);
      if (holds !== false) pending.set(toHex(id), header);
      if (holds === 'slow') slow.add(toHex(id));
      headers.set(toHex(id), header);
      const { validators: present } = view.head.context;
      const { key } = present[bftProposer({ validators: present }, header.height, round)] as BftValidator;
      const signature = sign({ scheme: 'ed25519', bytes: key }, sealMessage(id));
      step({ kind: 'candidate', from: 'peer', id, header, seal: bftSealToBytes({ kind: 'proposal', signature }) });
      return id;
    },
    execute: (id) => {
      insert(headers.get(toHex(id)) as Header, new Uint8Array());
      step({ kind: 'block', id, stage: 'executed' });
    },
    repropose: (round, id, validRound, by = bftProposer(params, state.height, round)) => {
      const signature = sign(publicKeyOf(by), reproposalMessage(ZERO, { height: state.height, round, validRound, id }));
      receive([{ kind: 'reproposal', reproposal: { height: state.height, round, validRound, id, seat: by, signature } }]);
    },
    prevotes: (round, id, seats) => {
      for (const by of seats) receive([{ kind: 'vote', vote: vote(by, PREVOTE, round, id) }]);
    },
    precommits: (round, id, seats) => {
      for (const by of seats) receive([{ kind: 'vote', vote: vote(by, 3, round, id) }]);
    },
    headerOf: (id) => headers.get(toHex(id)) as Header,
    follow: (next) => {
      decideElsewhere(next);
      step({ kind: 'head' });
    },
  };
}

/** What it cast in a step of a round: a block, `nil`, or nothing. */
export function castIn(engine: OneEngine, step: VoteStep, round: number): BlockId | 'nil' | undefined {
  const found = engine.cast.filter((one) => one.step === step && one.round === round);
  if (found.length > 1 && !found.every(({ id }) => (id === undefined ? found[0]?.id === undefined : found[0]?.id !== undefined && equalBytes(id, found[0].id)))) throw new Error(`cast twice in step ${step} of round ${round}`);
  return found.length === 0 ? undefined : (found[0]?.id ?? 'nil');
}
