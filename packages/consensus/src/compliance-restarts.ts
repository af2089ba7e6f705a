import { createSeededRandom, equalBytes, toHex } from '@vsys/primitives';
import { createBenchNetwork } from './compliance-network.ts';
import { must, usual } from './compliance-check.ts';
import type { ConsensusCheck } from './compliance-check.ts';
import type { AskedSignature } from './compliance-node.ts';
import { printEffects } from './compliance-effects.ts';
import { assertNoConflict, mustProgress, patienceMs } from './compliance-progress.ts';
import type { ConsensusSubject } from './compliance-bench.ts';
import type { Engine } from './engine.ts';
import { createSignerGuard } from './signer-guard.ts';

const RESTARTS = 96;
/** Of the moments at which a life may end, one in so many is its end. */
const RESTART_IN = 7;
/** Of the steps of an engine, one in so many is taken from a copy of its state. */
const COPY_IN = 4;

/** What outlives a life: what was persisted, and nothing else. */
export const restartChecks: readonly ConsensusCheck[] = [
  {
    property: 'restart',
    name: 'producers that are stopped at any moment and started again go on, and sign nothing that contradicts what they signed',
    run: async (create, declared = usual) => {
      const subject = await create();
      const random = createSeededRandom(1);
      let restarts = 0;
      const network = createBenchNetwork(subject, {
        onMoment: ({ restart }, index) => {
          if (restarts >= RESTARTS || random.below(RESTART_IN) !== 0) return;
          restarts++;
          restart(index);
        },
      });
      await network.runUntil(() => restarts >= RESTARTS, patienceMs(subject) / 2);
      must(restarts > 0, 'no moment came at which a life could end: the engines did nothing');
      await assertNoContradiction(network.nodes.flatMap(({ asked }) => asked));
      await mustProgress(network, { declared, blocks: subject.keys.length, msMax: 4 * patienceMs(subject), what: 'the network did not go on after the restarts' });
      await network.close();
      assertNoConflict(network, declared.provides.finality !== 'none');
    },
  },
  {
    property: 'state',
    name: 'an engine goes on the same from a copy of its state, taken at any step',
    run: async (create) => {
      const subject = await create();
      const random = createSeededRandom(2);
      let copies = 0;
      const copied = (engine: Engine): Engine => ({
        init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
        step: (state, input, view) => {
          if (random.below(COPY_IN) !== 0) return engine.step(state, input, view);
          copies++;
          const [copy, again] = [copyOf(state), copyOf(state)];
          const [step, other] = [engine.step(copy, input, view), engine.step(again, input, view)];
          must(printEffects(step.effects) === printEffects(other.effects), `a copy of its state leads elsewhere at an input "${input.kind}": the engine keeps something beside it, or changes it in place`);
          return step;
        },
      });
      const failures: unknown[] = [];
      const network = createBenchNetwork(withEngines(subject, copied, (error) => failures.push(error)), { weather: 4 });
      await network.runUntil(() => network.nodes.every(({ tree }) => tree.head.height >= 2 * subject.keys.length + 4), patienceMs(subject) / 2);
      await network.close();
      if (failures.length > 0) throw failures[0];
      must(copies > 0 && network.nodes.some(({ tree }) => tree.head.height > 1), 'the engines did nothing');
    },
  },
];

/** All that the engines asked to sign, held to the guard as if it had signed: a second signature is one for other bytes. */
async function assertNoContradiction(asked: readonly AskedSignature[]): Promise<void> {
  const guard = createSignerGuard({ load: async () => undefined, save: async () => undefined });
  const signed = new Map<string, Uint8Array[]>();
  for (const { key, guard: mark, bytes } of asked) {
    const name = toHex(key.bytes);
    const before = signed.get(name) ?? [];
    signed.set(name, before);
    if (before.some((one) => equalBytes(one, bytes))) continue;
    const verdict = await guard.allow(key, mark);
    must(verdict.ok, `two signatures contradict each other after a restart: ${verdict.ok ? '' : verdict.message}`);
    before.push(bytes);
  }
}

function copyOf(state: unknown): unknown {
  try {
    return structuredClone(state);
  } catch (error) {
    return must(false, `the state of the engine is no data, and a copy of its state cannot be made: ${String(error)}`);
  }
}

/** Hosts take what engines throw as their failure; a law wants to hear of it. */
function withEngines<C>(subject: ConsensusSubject<C>, change: (engine: Engine) => Engine, onError: (error: unknown) => void): ConsensusSubject<C> {
  const { consensus } = subject;
  const heard = (engine: Engine): Engine => ({
    init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
    step: (state, input, view) => {
      try {
        return engine.step(state, input, view);
      } catch (error) {
        onError(error);
        throw error;
      }
    },
  });
  const engine = (keys: Parameters<typeof consensus.engine>[0]): Engine<C> => heard(change(consensus.engine(keys) as Engine)) as Engine<C>;
  return { ...subject, consensus: { ...consensus, engine }, sign: subject.sign.bind(subject), blockId: subject.blockId.bind(subject) };
}
