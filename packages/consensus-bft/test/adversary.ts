import { createBlockTree } from '@vsys/block-tree';
import { createTreeView, sealMessage } from '@vsys/consensus';
import type { Effect, EngineInput, VerifySignature } from '@vsys/consensus';
import { bftExtToBytes, bftParamsToBytes, bftProposer, bftRoundOf, bftSealToBytes, createBftEngine, createBftRules, notesToBytes, PRECOMMIT, PREVOTE, reproposalMessage, voteMessage } from '@vsys/consensus-bft';
import type { BftNote, BftState, VoteRules } from '@vsys/consensus-bft';
import type { Header } from '@vsys/data-format';
import { concatBytes, createSeededRandom, equalBytes, toHex } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { blockId, genesisAt, paramsOf, publicKeyOf, specOf } from './support.ts';

const ZERO = new Uint8Array(32);
const START_MS = 1_700_000_000_000;
const STEPS_MAX = 400;

export interface AdversaryOptions {
  readonly seed: number;
  readonly votes: VoteRules;
  /** Validators, and how many of the last of them are the adversary's. */
  readonly validators?: number;
  readonly dishonest?: number;
}

/** What the honest ones decided at height 1, by node; undefined where the run ended before. */
export interface AdversaryRun {
  readonly decided: readonly (string | undefined)[];
  readonly rounds: number;
}

/** Keyed mixing instead of curves: thousands of runs, and nobody in here forges. */
function mark(key: Uint8Array, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(64);
  let mix = 2_166_136_261;
  for (const byte of concatBytes(key, message)) mix = Math.imul(mix ^ byte, 16_777_619) >>> 0;
  for (let i = 0; i < 64; i += 4) new DataView(out.buffer).setUint32(i, (mix = Math.imul(mix ^ i, 2_654_435_761) >>> 0));
  return out;
}
const verify: VerifySignature = ({ bytes }, message, signature) => equalBytes(mark(bytes, message), signature);

type Input = EngineInput extends infer I ? (I extends EngineInput ? Omit<I, 'nowMs'> : never) : never;

/**
 * Real engines decide one height while an adversary holds the network and some keys: it delivers what it likes to whom it likes, lets time run out for
 * single nodes, votes for everything, and proposes one block to one node and another to the next. Its messages pass every partition.
 */
export function runAdversary({ seed, votes, validators = 4, dishonest = 1 }: AdversaryOptions): AdversaryRun {
  const random = createSeededRandom(seed);
  const params = paramsOf(validators);
  const keys = Array.from({ length: validators }, (_, seat) => params.validators[seat]!.key);
  const rules = createBftRules(params, ZERO, verify);
  const genesis = genesisAt(START_MS);
  const genesisId = blockId(genesis);
  const begin = rules.genesis(specOf('bft@1', bftParamsToBytes(params), START_MS), { id: genesisId, height: 0, timeMs: START_MS });
  const honest = validators - dishonest;
  const headers = new Map<string, Header>();
  const pool: { readonly to: number; readonly input: Input }[] = [];
  const decided: (string | undefined)[] = Array.from({ length: honest }, () => undefined);

  const headerOf = (round: number, timeMs: number): Header => ({ ...genesis, height: 1, parent: genesisId, timeMs, ext: bftExtToBytes(round) });
  const candidate = (header: Header): Input => {
    const id = blockId(header);
    headers.set(toHex(id), header);
    return { kind: 'candidate', from: '', id, header, seal: bftSealToBytes({ kind: 'proposal', signature: mark(keys[bftProposer(params, 1, bftRoundOf(header.ext))]!, sealMessage(id)) }) };
  };

  const nodes = Array.from({ length: honest }, (_, seat) => {
    const tree = createBlockTree({ genesis: { id: genesisId, header: genesis, rank: begin.rank, context: rules.encode(begin.context) } });
    const view = createTreeView(tree, rules);
    const engine = createBftEngine({ params, chainId: ZERO, verifySignature: verify, votes }, [publicKeyOf(seat)]);
    let nowMs = START_MS;
    const queue: Input[] = [];
    const insert = (header: Header): void => {
      const id = blockId(header);
      tree.insertHeader({ id, header, seal: new Uint8Array(), rank: null, context: rules.encode({ height: 1, timeMs: header.timeMs, validators: params.validators }) });
      if (tree.get(id) !== undefined) tree.markExecuted(id);
      queue.push({ kind: 'block', id, stage: 'executed' });
    };
    const perform = (effect: Effect): void => {
      if (effect.kind === 'build') {
        const header = headerOf(state.round, effect.timeMs + seat);
        queue.push({ kind: 'built', job: effect.job, id: blockId(header), header });
      }
      if (effect.kind === 'sign') queue.push({ kind: 'signed', job: effect.job, signature: mark(effect.key.bytes, effect.bytes) });
      if (effect.kind === 'seal') {
        const own = candidate(state.building!.header);
        insert(state.building!.header);
        for (let to = 0; to < honest; to++) if (to !== seat) pool.push({ to, input: own });
      }
      if (effect.kind === 'import') insert(headers.get(toHex(effect.id))!);
      if (effect.kind === 'fetch' && headers.has(toHex(effect.id))) pool.push({ to: seat, input: candidate(headers.get(toHex(effect.id))!) });
      if (effect.kind === 'send' && effect.to === undefined) for (let to = 0; to < honest; to++) if (to !== seat) pool.push({ to, input: { kind: 'message', from: String(seat), bytes: effect.bytes } });
      if (effect.kind === 'certify') decided[seat] = toHex(effect.id);
    };
    const first = engine.init(undefined, view, nowMs);
    let state: BftState = first.state;
    return {
      get state() { return state; },
      step: (input: Input): void => {
        queue.push(input);
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const done = engine.step(state, { ...next, nowMs } as EngineInput, view);
          state = done.state;
          done.effects.forEach(perform);
        }
      },
      /** Time runs out, for a step that waits several times too. */
      tick(): void {
        const id = `${state.height} ${state.round} ${state.step}`;
        for (let i = 0; i < 3 && id === `${state.height} ${state.round} ${state.step}`; i++) {
          nowMs += 1_000;
          this.step({ kind: 'timer', id });
        }
      },
    };
  });

  const anyBlock = (): BlockId | undefined => {
    const known = [...headers.values()];
    return known.length === 0 ? undefined : blockId(known[random.below(known.length)]!);
  };
  /** Something that one of its keys can sign, for one node. */
  const lie = (): void => {
    const to = random.below(honest);
    const seat = honest + random.below(dishonest);
    const round = Math.max(0, nodes[to]!.state.round - random.below(2) + random.below(2));
    const sign = (message: Uint8Array): Uint8Array => mark(keys[seat]!, message);
    const tell = (note: BftNote): void => nodes[to]!.step({ kind: 'message', from: 'byzantine', bytes: notesToBytes([note]) });
    const id = anyBlock();
    if (bftProposer(params, 1, round) === seat && random.below(2) === 0) {
      const validRound = round - 1 - random.below(Math.max(1, round));
      if (id === undefined || validRound < 0 || random.below(2) === 0) return nodes[to]!.step(candidate(headerOf(round, START_MS + 1_000 + random.below(3))));
      return tell({ kind: 'reproposal', reproposal: { height: 1, round, validRound, id, seat, signature: sign(reproposalMessage(ZERO, { height: 1, round, validRound, id })) } });
    }
    const step = random.below(2) === 0 ? PREVOTE : PRECOMMIT;
    // For what the node itself holds, more often than not: that is what makes quorums.
    const own = nodes[to]!.state.proposals.get(round)?.id;
    const chosen = random.below(4) === 0 ? id : (own ?? id);
    tell({ kind: 'vote', vote: { height: 1, round, step, id: chosen, seat, signature: sign(voteMessage(ZERO, { step, height: 1, round, id: chosen })) } });
  };

  // Each run has another temper: patient or not, lossy or not, much or little lying, and whether who decided is cut off from then on.
  const [patience, loss, lying, cutsOff] = [1 + random.below(12), random.below(3), random.below(6), random.below(2) === 0];
  const isCutOff = ({ input }: (typeof pool)[number]): boolean => cutsOff && input.kind === 'message' && decided[Number(input.from)] !== undefined;
  for (let i = 0; i < STEPS_MAX && decided.includes(undefined); i++) {
    const what = random.below(2 + patience + lying);
    if (what < 1 || pool.length === 0) nodes[random.below(honest)]!.tick();
    else if (what < 1 + lying) lie();
    else {
      const [message] = pool.splice(random.below(Math.min(pool.length, 8)), 1);
      if (message !== undefined && !isCutOff(message) && random.below(10) >= loss) nodes[message.to]!.step(message.input);
    }
  }
  return { decided, rounds: Math.max(...nodes.map(({ state }) => state.round)) };
}

export function isSplit({ decided }: AdversaryRun): boolean {
  return new Set(decided.filter((id) => id !== undefined)).size > 1;
}
