import { accept, toHex } from '@vsys/primitives';
import type { Declared } from './compliance-check.ts';
import { consensusChecks } from './compliance-checks.ts';
import { networkTwins } from './compliance-network-twins.ts';
import { afterStep, withEffects, withEngine, withRules } from './compliance-twin.ts';
import type { BrokenTwin } from './compliance-twin.ts';
import { sealMessage } from './seal.ts';
import type { Stepped } from './rules.ts';

export type { BrokenTwin } from './compliance-twin.ts';

let runs = 0n;

export const brokenTwins: readonly BrokenTwin[] = [
  {
    name: 'reads something besides its inputs',
    failedBy: 'the same inputs give the same bytes',
    sentence: 'differ',
    breakSubject: (subject) => withRules(subject, (rules) => afterStep(rules, (stepped) => ({ ...stepped, rank: [...(stepped.rank ?? []), runs++] }))),
  },
  {
    name: 'loses part of its context when it is stored',
    failedBy: 'a context survives encoding and stays within 64 KiB',
    sentence: 'context',
    breakSubject: (subject) => {
      let first: Uint8Array | undefined;
      return withRules(subject, (rules) => ({ decode: (bytes) => rules.decode((first ??= bytes)) }));
    },
  },
  {
    name: 'gives every block the same rank',
    failedBy: 'rank grows strictly along a branch',
    sentence: 'is not above its parent',
    breakSubject: (subject) => withRules(subject, (rules) => afterStep(rules, (stepped, height) => ({ ...stepped, rank: [height === 0 ? 0n : BigInt(Math.ceil(height / 2))] }))),
  },
  {
    name: 'accepts any seal',
    failedBy: 'refuses a seal that is not by the producer',
    sentence: 'was accepted',
    breakSubject: (subject) => {
      const held = new Map<string, Uint8Array>();
      return withRules(subject, (rules) => ({
        step: (parent, child) => {
          const verdict = rules.step(parent, child);
          if (verdict.ok) held.set(toHex(child.id), child.seal);
          const seal = held.get(toHex(child.id));
          if (verdict.ok || seal !== undefined) return seal === undefined ? verdict : rules.step(parent, { ...child, seal });
          for (const key of subject.keys) {
            const again = rules.step(parent, { ...child, seal: subject.sign(key, sealMessage(child.id)) });
            if (again.ok) return again;
          }
          return verdict;
        },
      }));
    },
  },
  {
    name: 'accepts any header at a height that it knows',
    failedBy: 'refuses an ext that does not belong to the header, whoever seals it',
    sentence: 'with another ext was accepted',
    breakSubject: (subject) => {
      const known = new Map<number, Stepped<never>>();
      return withRules(subject, (rules) => ({
        step: (parent, child) => {
          const verdict = rules.step(parent, child);
          if (verdict.ok) known.set(child.header.height, verdict.value as Stepped<never>);
          const cached = known.get(child.header.height);
          return cached === undefined ? verdict : accept(cached);
        },
      }));
    },
  },
  {
    name: 'takes the work of one header for another',
    failedBy: 'refuses a header that was changed after the work for it was done',
    sentence: 'were accepted without new work',
    breakSubject: (subject) => {
      const known = new Map<number, Stepped<never>>();
      return withRules(subject, (rules) => ({
        step: (parent, child) => {
          const verdict = rules.step(parent, child);
          if (verdict.ok) known.set(child.header.height, verdict.value as Stepped<never>);
          const cached = known.get(child.header.height);
          return cached === undefined || child.seal.length > 0 ? verdict : accept(cached);
        },
      }));
    },
  },
  {
    name: 'mints twice in one slot',
    failedBy: 'refuses a second block in the slot of its parent, and one before it',
    sentence: 'not after its parent was accepted',
    breakSubject: (subject) =>
      withRules(subject, (rules) => ({
        step: (parent, child) => {
          const verdict = rules.step(parent, child);
          if (verdict.ok || child.header.timeMs === 0) return verdict;
          // Shifts the header behind its parent instead of refusing it.
          return accept({ context: parent, rank: [BigInt(child.header.height)] });
        },
      })),
  },
  {
    name: 'names the author by what the block did',
    failedBy: 'names the author of a block before its body is executed',
    sentence: 'known only after execution',
    breakSubject: (subject) => withRules(subject, () => ({
      author: (_parent, child) => new Uint8Array(20).fill('stateRoot' in child ? 1 : 0),
    })),
  },
  {
    name: 'lets headers of the future in',
    failedBy: 'a header of the future is parked, and one of the present is not',
    sentence: 'was not parked',
    breakSubject: (subject) => withRules(subject, () => ({ earliest: () => 0 })),
  },
  {
    name: 'takes finality back',
    failedBy: 'finality moves, never back, and never above the block that brings it',
    sentence: 'finality fell',
    breakSubject: (subject) => withRules(subject, (rules) => afterStep(rules, (stepped, height) => ({ ...stepped, finalises: height % 3 === 0 ? 0 : height - 1 }))),
  },
  {
    name: 'calls safe what is not there yet',
    failedBy: 'what is safe lies on the branch, and never falls along it',
    sentence: 'safe',
    breakSubject: (subject) => withRules(subject, () => ({ safeHeight: () => 1_000_000 })),
  },
  {
    name: 'forgets at a restart',
    failedBy: 'a restart never builds twice for one slot',
    sentence: 'two builds',
    breakSubject: (subject) => withEngine(subject, (engine) => ({ ...engine, init: (_saved, view, nowMs) => engine.init(undefined, view, nowMs) })),
  },
  {
    name: 'builds before it remembers',
    failedBy: 'what must be remembered is durable before a block is built',
    sentence: 'before the slot was durable',
    breakSubject: (subject) =>
      withEngine(subject, (engine) => ({
        init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
        step: (state, input, view) => {
          const step = engine.step(state, input, view);
          return { ...step, effects: [...step.effects.filter(({ kind }) => kind !== 'persist'), ...step.effects.filter(({ kind }) => kind === 'persist')] };
        },
      })),
  },
  {
    name: 'asks for signatures with a guard that stands still',
    failedBy: 'the signer guard allows every signature of an honest run',
    sentence: 'refused an honest signature',
    breakSubject: (subject) =>
      withEngine(subject, (engine) => ({
        init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
        step: (state, input, view) => {
          const step = engine.step(state, input, view);
          return { ...step, effects: step.effects.map((effect) => (effect.kind === 'sign' ? { ...effect, guard: { kind: 'block', slot: 1n } } : effect)) };
        },
      })),
  },
  {
    name: 'asks for something that depends on more than its inputs',
    failedBy: 'the same inputs give the same effects, byte for byte',
    sentence: 'differs between two runs',
    breakSubject: (subject) => withEffects(subject, () => [{ kind: 'peer', id: '', delta: Number(runs++), why: '' }]),
  },
  {
    name: 'asks for very much at once',
    failedBy: 'a step asks for few things, and what is kept and sent is small',
    sentence: 'effects in one step',
    breakSubject: (subject) => withEffects(subject, () => Array.from({ length: 100 }, () => ({ kind: 'judge', judgement: 'ignore' }))),
  },
  {
    name: 'sets each timer under a new name',
    failedBy: 'a step asks for few things, and what is kept and sent is small',
    sentence: 'under a name of its own',
    breakSubject: (subject) => withEffects(subject, () => Array.from({ length: 16 }, () => ({ kind: 'timer', id: `timer ${runs++}`, atMs: Number.MAX_SAFE_INTEGER }))),
  },
  {
    name: 'mints without a key',
    failedBy: 'an engine without keys builds nothing',
    sentence: 'without keys',
    breakSubject: (subject) => withEngine(subject, (_engine, all) => all),
  },
  {
    name: 'finalises in the engine what the rules do not say',
    under: ({ provides }) => provides.finality !== 'none',
    failedBy: 'a light client reaches the same tip and the same final block',
    sentence: 'is elsewhere',
    breakSubject: (subject) => withRules(subject, (rules) => afterStep(rules, ({ context, rank }) => ({ context, rank }))),
  },
  {
    name: 'remembers beside its contexts how many headers it followed',
    failedBy: 'a light client that begins at a final header judges as one that came from genesis',
    sentence: 'the same headers lead elsewhere',
    breakSubject: (subject) => {
      const followed = new WeakMap<object, bigint>();
      return withRules(subject, (rules) => ({
        step: (parent, child) => {
          const verdict = rules.step(parent, child);
          if (!verdict.ok) return verdict;
          const count = (followed.get(parent as object) ?? 0n) + 1n;
          followed.set(verdict.value.context as object, count);
          const { rank } = verdict.value;
          return accept({ ...verdict.value, rank: rank === null ? null : [...rank, count] });
        },
      }));
    },
  },
  {
    name: 'ranks a block before it is certified',
    failedBy: 'with instant finality a block has no rank before its certificate, and is final with it',
    sentence: 'when only its maker had sealed it',
    breakSubject: (subject) => withRules(subject, (rules) => afterStep(rules, ({ rank, ...stepped }, height) => ({ ...stepped, rank: rank ?? [BigInt(height)] }))),
  },
  {
    name: 'certifies without finality',
    failedBy: 'with instant finality a block has no rank before its certificate, and is final with it',
    sentence: 'finalises undefined',
    breakSubject: (subject) => withRules(subject, (rules) => afterStep(rules, ({ context, rank }) => ({ context, rank }))),
  },
  ...networkTwins,
];

/** The twins that are faulty under what a module declares. */
export function brokenTwinsUnder(declared: Declared): readonly BrokenTwin[] {
  return brokenTwins.filter(({ failedBy, under }) => consensusChecks.find(({ name }) => name === failedBy)?.under?.(declared) !== false && under?.(declared) !== false);
}
