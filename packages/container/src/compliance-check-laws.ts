import { createSeededRandom, toHex, type Verdict } from '@vsys/primitives';
import { ComplianceError, equal } from '@vsys/primitives/compliance';
import { type ContainerSubject, blockAt, type Law, runCall, tell } from './compliance-bench.ts';
import { type Container, containerPrefix } from './container.ts';
import { createRouter } from './router.ts';

const MUTANTS_PER_PAYLOAD = 200;

export const checkLaws: readonly Law[] = [
  ['has a name that a router takes, and a version', (create) => {
    const { container } = create();
    let router = 'takes it';
    try {
      createRouter([container]);
    } catch (error) {
      router = String(error);
    }
    equal([router, Number.isSafeInteger(container.version) && container.version >= 1], ['takes it', true], 'router, and a version from 1');
  }],
  ['writes at genesis below its own prefix, and the same each time', (create) => {
    const [one, other] = [create(), create()].map(({ container, params = new Uint8Array() }) => container.genesis?.(params) ?? []);
    equal(one?.flatMap(({ key, value }) => [key, value]), other?.flatMap(({ key, value }) => [key, value]), 'what a second container writes');
    for (const { key } of one ?? []) equal(isBelow(create().container, key), true, `key ${toHex(key)} is below the prefix`);
  }],
  ['refuses what is malformed with a code and a sentence', (create) => {
    const { container, malformed, story } = create();
    equal(malformed.length > 0, true, 'the subject has malformed payloads');
    for (const payload of malformed) assertRefusal(checked(container, payload), `a malformed payload ${toHex(payload)}`);
    for (const { payload } of story) equal(checked(container, payload).ok, true, `check of ${toHex(payload)}, which the story runs`);
  }],
  ['judges any bytes, and never throws', (create) => {
    const subject = create();
    for (const payload of mutants(subject)) {
      const verdict = checked(subject.container, payload);
      if (!verdict.ok) assertRefusal(verdict, `check of ${toHex(payload)}`);
    }
  }],
  ['runs all that it did not refuse, to an end that is a verdict', (create) => {
    const subject = create();
    const actor = subject.story[0]?.actor ?? new Uint8Array(20);
    const state = tell(subject, () => {});
    for (const payload of mutants(subject)) {
      if (!checked(subject.container, payload).ok) continue;
      assertTouches(subject.container, payload, actor);
      runCall(subject.container, state, { payload, actor }, subject.story.length + 1);
    }
  }],
];

export function isBelow(container: Container, key: Uint8Array): boolean {
  return containerPrefix(container.name).every((byte, i) => key[i] === byte);
}

/** Below the own prefix, or that of a container which it says that it writes in. */
export function mayWrite(container: Container, key: Uint8Array): boolean {
  return [container.name, ...(container.alsoWrites ?? [])].some((name) => containerPrefix(name).every((byte, i) => key[i] === byte));
}

export function assertRefusal(verdict: Verdict<unknown, string>, what: string): void {
  const found = verdict.ok ? 'accepted' : /^[A-Z][A-Z0-9_]*$/.test(verdict.code) && verdict.message.length >= 10 ? 'a code and a sentence' : `code "${verdict.code}", message "${verdict.message}"`;
  equal(found, 'a code and a sentence', what);
}

function checked(container: Container, payload: Uint8Array): Verdict<void> {
  try {
    return container.check(payload);
  } catch (cause) {
    throw new ComplianceError('COMPLIANCE_FAILED', `check threw ${String(cause)} at ${toHex(payload)}`, { cause });
  }
}

function assertTouches(container: Container, payload: Uint8Array, actor: Uint8Array): void {
  try {
    container.touches(payload, actor, blockAt(1));
  } catch (cause) {
    throw new ComplianceError('COMPLIANCE_FAILED', `touches threw ${String(cause)} at ${toHex(payload)}`, { cause });
  }
}

/** The payloads of the story cut off, lengthened and changed in one to three bytes, and some of chance: the same at every run. */
function* mutants({ story, malformed }: ContainerSubject): Generator<Uint8Array> {
  const random = createSeededRandom(1);
  yield new Uint8Array();
  for (let length = 1; length <= 64; length++) yield random.bytes(length);
  for (const payload of [...story.map((call) => call.payload), ...malformed]) {
    for (let i = 0; i < MUTANTS_PER_PAYLOAD; i++) {
      const mutant = payload.slice(0, i % 3 === 0 ? random.below(payload.length + 1) : payload.length);
      for (let changes = random.below(3) + 1; changes > 0 && mutant.length > 0; changes--) mutant[random.below(mutant.length)] = random.below(256);
      yield mutant;
    }
    for (const tail of [1, 8, 64]) {
      const longer = new Uint8Array(payload.length + tail);
      longer.set(payload);
      yield longer;
    }
  }
}
