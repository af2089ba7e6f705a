import { accept, equalBytes, toHex } from '@vsys/primitives';
import type { ConsensusSubject } from './compliance-bench.ts';
import { isSealedByKeys } from './compliance-check.ts';
import { afterStep, mappedEffects, withConsensus, withEngine, withRules } from './compliance-twin.ts';
import type { BrokenTwin } from './compliance-twin.ts';
import type { Effect } from './engine.ts';
import type { PublicKeyOf } from './rules.ts';

const isInstant: BrokenTwin['under'] = ({ provides }) => provides.finality === 'instant';
const hasFinality: BrokenTwin['under'] = ({ provides }) => provides.finality !== 'none';

/** Each block is head as soon as its maker sealed it, and counts for as much as one that is certified. */
function withoutCertificates<C>(subject: ConsensusSubject<C>): ConsensusSubject<C> {
  return withRules(subject, (rules) => afterStep(rules, ({ rank, ...stepped }, height) => ({ ...stepped, rank: rank ?? [BigInt(height)] })));
}

function nameOf(keys: readonly PublicKeyOf[]): string {
  return keys.map(({ bytes }) => toHex(bytes)).join();
}

/** Faults that show between nodes only. */
export const networkTwins: readonly BrokenTwin[] = [
  {
    name: 'finalises its head without a quorum',
    failedBy: 'one producer cut off from the others comes back to their branch, and no two finals conflict',
    sentence: 'two blocks are final',
    // Where nothing is head without a quorum, the head is final.
    under: (declared) => !isInstant(declared),
    breakSubject: (subject) =>
      withEngine(subject, (engine) => ({
        init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
        step: (state, input, view) => {
          const step = engine.step(state, input, view);
          return { ...step, effects: [...step.effects, { kind: 'finalise', ref: { id: view.head.id, height: view.head.height } }] };
        },
      })),
  },
  {
    name: 'takes for decided what only its maker sealed',
    failedBy: 'one producer cut off from the others comes back to their branch, and no two finals conflict',
    sentence: 'two blocks are final',
    under: isInstant,
    breakSubject: withoutCertificates,
  },
  {
    name: 'makes nothing final',
    failedBy: 'halves that cannot hear each other come together when they can, and go on',
    sentence: 'did not come together',
    under: hasFinality,
    breakSubject: (subject) => withEngine(subject, (engine) => mappedEffects(engine, (effects) => effects.filter(({ kind }) => kind !== 'finalise'))),
  },
  {
    name: 'takes its head back further than it says',
    failedBy: 'a head is taken back by no more blocks than the module declares',
    sentence: 'was taken back by',
    under: (declared) => !isInstant(declared),
    breakSubject: (subject) => withConsensus(subject, { reorgBound: 0 }),
  },
  {
    name: 'takes back what is decided',
    failedBy: 'a head is taken back by no more blocks than the module declares',
    sentence: 'was taken back by',
    under: isInstant,
    // Without finality, as nothing below it is ever taken back.
    breakSubject: (subject) => withEngine(withoutCertificates(subject), (engine) => mappedEffects(engine, (effects) => effects.filter(({ kind }) => kind !== 'finalise'))),
  },
  {
    name: 'says that one more may be away, and waits for the first producer',
    failedBy: 'as many producers are away as may be: the others go on, and those come after them when they are back',
    sentence: 'the others did not go on',
    breakSubject: (subject) => {
      const [first] = subject.keys;
      let isThere = false;
      const { consensus } = subject;
      return withConsensus(subject, {
        faultsMax: Math.min((consensus.faultsMax ?? 0) + 1, subject.keys.length - 1),
        engine: (keys) => {
          if (keys.some(({ bytes }) => first !== undefined && equalBytes(bytes, first.bytes))) isThere = true;
          return mappedEffects(consensus.engine(keys), (effects) => (isThere ? effects : effects.filter(({ kind }) => kind !== 'build' && kind !== 'sign')));
        },
      });
    },
  },
  {
    name: 'remembers the first thing only',
    failedBy: 'producers that are stopped at any moment and started again go on, and sign nothing that contradicts what they signed',
    sentence: 'contradict each other',
    under: isSealedByKeys,
    breakSubject: (subject) => {
      const persisted = new Set<string>();
      const { consensus } = subject;
      return withConsensus(subject, {
        engine: (keys) => mappedEffects(consensus.engine(keys), (effects) => effects.filter(({ kind }) => {
          if (kind !== 'persist') return true;
          const isFirst = !persisted.has(nameOf(keys));
          persisted.add(nameOf(keys));
          return isFirst;
        })),
      });
    },
  },
  {
    name: 'stays down after a restart',
    failedBy: 'producers that are stopped at any moment and started again go on, and sign nothing that contradicts what they signed',
    sentence: 'did not go on after the restarts',
    breakSubject: (subject) => {
      const begun = new Set<string>();
      const { consensus } = subject;
      return withConsensus(subject, {
        engine: (keys) => {
          const isFirst = !begun.has(nameOf(keys));
          begun.add(nameOf(keys));
          return mappedEffects(consensus.engine(keys), (effects): readonly Effect[] => (isFirst ? effects : []));
        },
      });
    },
  },
  {
    name: 'keeps something beside its state',
    failedBy: 'an engine goes on the same from a copy of its state, taken at any step',
    sentence: 'a copy of its state leads elsewhere',
    breakSubject: (subject) =>
      withEngine(subject, (engine) => {
        let steps = 0;
        return mappedEffects(engine, (effects) => [...effects, { kind: 'peer', id: '', delta: steps++, why: '' }]);
      }),
  },
  {
    name: 'keeps code in its state',
    failedBy: 'an engine goes on the same from a copy of its state, taken at any step',
    sentence: 'is no data',
    breakSubject: (subject) =>
      withEngine(subject, (engine) => ({
        init: (saved, view, nowMs) => {
          const { state, effects } = engine.init(saved, view, nowMs);
          return { state: () => state, effects };
        },
        step: (state, input, view) => {
          const step = engine.step((state as () => unknown)(), input, view);
          return { state: () => step.state, effects: step.effects };
        },
      })),
  },
  {
    name: 'parks what is a little early',
    failedBy: 'clocks that differ by half of what is tolerated, either way, cost nothing',
    sentence: 'was parked',
    breakSubject: (subject) => withRules(subject, (rules) => ({ earliest: (parent, header) => rules.earliest(parent, header) + rules.driftMs })),
  },
  {
    name: 'takes blocks of the future in',
    failedBy: 'a clock that is wrong by more than is tolerated, either way, harms nobody else, and all come together when it is set right',
    sentence: 'ahead of the clock of who took it',
    breakSubject: (subject) => withRules(subject, () => ({ earliest: () => 0 })),
  },
  {
    name: 'never lets a newcomer in',
    failedBy: 'a producer gives its place to a newcomer while the network is cut, and the chain goes on under the new ones',
    sentence: 'the newcomer did not come in',
    breakSubject: (subject) => withRules(subject, (rules) => ({
      complete: async (parent, child) => (await rules.complete?.(parent, child, { get: async () => undefined })) ?? { ext: child.ext, nextSeatSetRoot: child.seatSetRoot },
    })),
  },
  {
    name: 'keeps quiet about contradictions',
    failedBy: 'a key at work in two places is found out, and the proof holds against that key only',
    sentence: 'nobody told of it',
    breakSubject: (subject) => withEngine(subject, (engine) => mappedEffects(engine, (effects) => effects.filter(({ kind }) => kind !== 'evidence'))),
  },
  {
    name: 'believes any proof',
    failedBy: 'a key at work in two places is found out, and the proof holds against that key only',
    sentence: 'a proof of another length holds',
    breakSubject: (subject) => withConsensus(subject, { verifyEvidence: () => accept(subject.keys[0] as (typeof subject.keys)[number]) }),
  },
  {
    name: 'accuses somebody else',
    failedBy: 'a key at work in two places is found out, and the proof holds against that key only',
    sentence: 'names a key that is honest',
    breakSubject: (subject) => withConsensus(subject, { verifyEvidence: () => accept(subject.keys[1] as (typeof subject.keys)[number]) }),
  },
  {
    name: 'accuses who was started again',
    failedBy: 'nobody honest is accused, whatever the network, clocks and restarts do',
    sentence: 'honest was accused',
    breakSubject: (subject) => withEngine(subject, (engine) => ({
      init: (saved, view, nowMs) => {
        const step = engine.init(saved, view, nowMs);
        return saved === undefined ? step : { ...step, effects: [...step.effects, { kind: 'evidence', bytes: saved }] };
      },
      step: (state, input, view) => engine.step(state, input, view),
    })),
  },
];
