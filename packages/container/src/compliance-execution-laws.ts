import { toHex } from '@vsys/primitives';
import { equal } from '@vsys/primitives/compliance';
import { type Law, outcomeText, runCall, tell } from './compliance-bench.ts';
import { assertRefusal, mayWrite } from './compliance-check-laws.ts';

/** Interrupts that an operation of a story may need: it names the keys that its payload tells, then those that what it read tells. */
const INTERRUPTS_MAX = 8;

export const executionLaws: readonly Law[] = [
  ['lets a story come out as it says, and refuses with a code and a sentence', (create) => {
    const subject = create();
    tell(subject, (call, state, height) => {
      const outcome = runCall(subject.container, state, call, height);
      equal(outcome.becomes, call.becomes, `call ${height} of the story`);
      if (outcome.becomes !== 'ok') assertRefusal({ ok: false, code: outcome.becomes, message: outcome.message }, `call ${height} of the story`);
    });
    equal(subject.story.some(({ becomes }) => becomes === 'ok'), true, 'some call of the story comes out well');
  }],
  ['writes below its own prefix only, and where it says', (create) => {
    const subject = create();
    tell(subject, (call, state, height) => {
      for (const { key } of runCall(subject.container, state, call, height).writes) equal(mayWrite(subject.container, key), true, `key ${toHex(key)} of call ${height} is below the prefix`);
    });
  }],
  [`asks for keys that were not loaded at most ${INTERRUPTS_MAX} times`, (create) => {
    const subject = create();
    tell(subject, (call, state, height) => {
      const { interrupts } = runCall(subject.container, state, call, height);
      equal(interrupts <= INTERRUPTS_MAX, true, `call ${height} begins again ${interrupts} times; \`touches\` and \`need\` say keys in one batch. At most ${INTERRUPTS_MAX}`);
    });
  }],
  ['comes to the same, whatever was loaded before', (create) => {
    const subject = create();
    tell(subject, (call, state, height) => {
      const usual = runCall(subject.container, state, call, height);
      equal(outcomeText(runCall(subject.container, state, call, height, { loaded: [] })), outcomeText(usual), `call ${height} with nothing loaded`);
      equal(outcomeText(runCall(subject.container, state, call, height, { loaded: usual.keys })), outcomeText(usual), `call ${height} with all loaded`);
    });
  }],
  ['comes to the same when it runs again, after others, and in another process', (create) => {
    const subject = create();
    const fresh = create();
    const runs: [() => string, string][] = [];
    tell(subject, (call, state, height) => {
      const before = new Map(state);
      const first = outcomeText(runCall(subject.container, before, call, height));
      equal(outcomeText(runCall(subject.container, before, call, height)), first, `call ${height}, run again`);
      equal(outcomeText(runCall(create().container, before, call, height)), first, `call ${height} on a fresh container`);
      runs.push([() => outcomeText(runCall(fresh.container, before, call, height)), first]);
    });
    // Backwards, so that what a container keeps from earlier calls shows.
    for (const [i, [again, first]] of [...runs.entries()].toReversed()) equal(again(), first, `call ${i + 1} after those that follow it`);
  }],
  ['reads no clock and leaves nothing to chance', (create) => {
    const subject = create();
    const forbid = (what: string) => (): never => {
      throw new RangeError(`${what} is not part of the context`);
    };
    tell(subject, (call, state, height) => {
      const usual = outcomeText(runCall(subject.container, state, call, height));
      equal(withReplaced([[Date, 'now', forbid('the time of the machine')], [Math, 'random', forbid('chance')]], () => outcomeText(runCall(create().container, state, call, height))), usual, `call ${height} without clock and chance`);
    });
  }],
  ['charges gas for what it does, and stops where the gas ends', (create) => {
    const subject = create();
    tell(subject, (call, state, height) => {
      const usual = runCall(subject.container, state, call, height);
      if (usual.becomes !== 'ok') return;
      equal(usual.gas > 0n, true, `call ${height} costs gas`);
      equal(outcomeText(runCall(subject.container, state, call, height, { gasMax: usual.gas })), outcomeText(usual), `call ${height} with just enough gas`);
      for (const gasMax of new Set([0n, usual.gas / 2n, usual.gas - 1n])) {
        const short = runCall(subject.container, state, call, height, { gasMax });
        equal([short.becomes, short.gas], ['out of gas', gasMax], `call ${height} with ${gasMax} of ${usual.gas} gas`);
      }
    });
  }],
  ['leaves its payload, its actor and the values that it reads as they are', (create) => {
    const subject = create();
    tell(subject, (call, state, height) => {
      const texts = (): string[] => [toHex(call.payload), toHex(call.actor), ...[...state].map(([key, value]) => `${key}=${toHex(value)}`)];
      const before = texts();
      subject.container.check(call.payload);
      runCall(subject.container, state, call, height);
      equal(texts(), before, `what call ${height} was given`);
    });
  }],
];

/** Runs with methods of shared objects replaced, and puts them back. Only synchronous work, so nobody else sees it. */
function withReplaced<T>(methods: readonly (readonly [object, string, unknown])[], work: () => T): T {
  const kept = methods.map(([object, name]) => [object, name, Reflect.get(object, name)] as const);
  try {
    for (const [object, name, method] of methods) Reflect.set(object, name, method);
    return work();
  } finally {
    for (const [object, name, method] of kept) Reflect.set(object, name, method);
  }
}
