import { createEngineHost } from '@vsys/consensus';
import type { Effect, Engine, EngineInput, EnginePorts, TreeView } from '@vsys/consensus';
import { accept, createVirtualTime, refuse } from '@vsys/primitives';
import type { VirtualTime } from '@vsys/primitives';
import type { Header } from '@vsys/data-format';
import { describe, expect, test } from '@jest/globals';

const KEY = { scheme: 'ed25519', bytes: new Uint8Array(32) } as const;
const VIEW = {} as TreeView;
const EMPTY = new Uint8Array(0);

const build = (job: string): Effect => ({ kind: 'build', job, on: EMPTY, timeMs: 1, ext: EMPTY, deadlineMs: 2 });

/** An engine that answers each kind of input with a fixed list of effects. */
function scripted(start: readonly Effect[], answers: Partial<Record<EngineInput['kind'], (input: EngineInput) => readonly Effect[]>> = {}): Engine & { readonly inputs: EngineInput[] } {
  const inputs: EngineInput[] = [];
  return {
    inputs,
    init: () => ({ state: 0, effects: start }),
    step: (state, input) => {
      inputs.push(input);
      return { state, effects: answers[input.kind]?.(input) ?? [] };
    },
  };
}

function bench(time: VirtualTime, change: Partial<EnginePorts<string>> = {}): { readonly log: string[]; readonly ports: EnginePorts<string> } {
  const log: string[] = [];
  const note = (entry: string): void => void log.push(entry);
  return {
    log,
    ports: {
      clock: time,
      timers: time,
      build: async ({ job }) => { note(`build ${job}`); return { id: EMPTY, header: {} as Header, block: `block ${job}` }; },
      sign: async () => accept(Uint8Array.of(5)),
      import: async (block) => { note(`import ${block}`); return accept(undefined); },
      publish: async (block) => note(`publish ${block}`),
      finalise: async ({ height }) => note(`finalise ${height}`),
      persist: async () => { await Promise.resolve(); note('persist'); },
      ...change,
    },
  };
}

const sealAndPublish = (input: EngineInput): readonly Effect[] => (input.kind === 'signed' ? [{ kind: 'seal', job: input.job, seal: input.signature }, { kind: 'publish', job: input.job }] : []);
const signBuilt = (input: EngineInput): readonly Effect[] => (input.kind === 'built' ? [{ kind: 'sign', job: input.job, key: KEY, bytes: EMPTY, guard: { kind: 'block', slot: 1n } }] : []);

describe('engine host', () => {
  test('takes a block from timer to publication, and persists before it builds', async () => {
    const time = createVirtualTime(100);
    const { log, ports } = bench(time);
    const engine = scripted([{ kind: 'timer', id: 't', atMs: 150 }], { timer: () => [{ kind: 'persist', bytes: EMPTY }, build('a')], built: signBuilt, signed: sealAndPublish });
    const host = createEngineHost({ engine, view: VIEW, ports });
    host.start();
    await host.idle();
    time.advance(49);
    await host.idle();
    expect(log).toEqual([]);
    time.advance(1);
    await host.idle();
    expect(log).toEqual(['persist', 'build a', 'import block a', 'publish block a']);
    expect(engine.inputs.map(({ kind, nowMs }) => [kind, nowMs])).toEqual([['timer', 150], ['built', 150], ['signed', 150]]);
  });

  test('builds nothing after what must be durable failed to be', async () => {
    const failures: unknown[] = [];
    const { log, ports } = bench(createVirtualTime(), { persist: async () => Promise.reject(new Error('disk full')) });
    const host = createEngineHost({ engine: scripted([{ kind: 'persist', bytes: EMPTY }, build('a')]), view: VIEW, ports, onFailure: (error) => failures.push(error) });
    host.start();
    await host.idle();
    expect(log).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  test('publishes nothing that its own import refused', async () => {
    const { log, ports } = bench(createVirtualTime(), { import: async () => refuse('BAD', 'no') });
    const host = createEngineHost({ engine: scripted([build('a')], { built: signBuilt, signed: sealAndPublish }), view: VIEW, ports });
    host.start();
    await host.idle();
    expect(log).toEqual(['build a']);
  });

  test('tells the engine when there is no body and when the signer refuses', async () => {
    const none = bench(createVirtualTime(), { build: async () => undefined });
    const engine = scripted([build('a')]);
    const host = createEngineHost({ engine, view: VIEW, ports: none.ports });
    host.start();
    await host.idle();
    expect(engine.inputs.map(({ kind }) => kind)).toEqual(['unbuilt']);

    const refusing = bench(createVirtualTime(), { sign: async () => refuse('GUARD_BLOCK', 'no') });
    const other = scripted([build('a')], { built: signBuilt });
    const second = createEngineHost({ engine: other, view: VIEW, ports: refusing.ports });
    second.start();
    await second.idle();
    expect(other.inputs[1]).toMatchObject({ kind: 'unsigned', code: 'GUARD_BLOCK' });
  });

  test('answers a message with the engine\'s judgement, before the effects are done, and ignores where there is none', async () => {
    const sent: string[] = [];
    const { ports } = bench(createVirtualTime(), { send: async (to) => void sent.push(String(to)), behind: (from, height) => void sent.push(`${from} is at ${height}`), fetch: (from) => void sent.push(`fetch from ${from}`) });
    const engine = scripted([], {
      message: (input) => (input.kind === 'message' && input.bytes[0] === 1 ? [{ kind: 'judge', judgement: 'accept' }, { kind: 'send', bytes: EMPTY }, { kind: 'send', to: 'p', bytes: EMPTY }, { kind: 'behind', from: 'p', height: 7 }, { kind: 'fetch', from: 'p', id: EMPTY }] : []),
    });
    const host = createEngineHost({ engine, view: VIEW, ports });
    // An engine that has not begun has no state to judge from.
    expect(await host.receive('p', Uint8Array.of(1))).toBe('ignore');
    host.notify({ kind: 'head' });
    await host.idle();
    expect(engine.inputs).toEqual([]);
    host.start();
    expect(await host.receive('p', Uint8Array.of(1))).toBe('accept');
    expect(await host.receive('p', Uint8Array.of(2))).toBe('ignore');
    await host.idle();
    expect(sent).toEqual(['undefined', 'p', 'p is at 7', 'fetch from p']);
    await host.close();
    expect(await host.receive('p', Uint8Array.of(1))).toBe('ignore');
  });

  test('an engine that throws at a message leaves nobody waiting', async () => {
    const failures: unknown[] = [];
    const { ports } = bench(createVirtualTime());
    const host = createEngineHost({ engine: scripted([], { message: () => { throw new Error('broken'); } }), view: VIEW, ports, onFailure: (error) => failures.push(error) });
    host.start();
    expect(await host.receive('p', EMPTY)).toBe('ignore');
    await host.idle();
    expect(failures).toHaveLength(1);
  });

  test('keeps candidates until the engine wants them, the newest sixteen', async () => {
    const imported: string[] = [];
    const known = new Set<string>();
    const view = { get: (id: Uint8Array) => (known.has(String(id[0])) ? { executed: true } : undefined) } as unknown as TreeView;
    const { ports } = bench(createVirtualTime(), {
      importCandidate: async (block) => {
        imported.push(block);
        if (block === 'block 2') return refuse('IMPORT_EXECUTION', 'no');
        if (block === 'block 3') return refuse('IMPORT_EARLY', 'later', { retry: true });
        known.add(block.slice(6));
        return accept(undefined);
      },
    });
    const engine = scripted([], {
      candidate: (input) => (input.kind === 'candidate' && (input.id[0] as number) < 5 ? [{ kind: 'judge', judgement: 'accept' }, { kind: 'import', id: input.id }] : []),
      message: (input) => (input.kind === 'message' ? [{ kind: 'import', id: input.bytes }] : []),
    });
    const host = createEngineHost({ engine, view, ports });
    host.start();
    const offer = (n: number) => host.offer('p', { id: Uint8Array.of(n), header: {} as Header, block: `block ${n}`, seal: EMPTY });
    expect(await Promise.all([1, 2, 3].map(offer))).toEqual(['accept', 'accept', 'accept']);
    await host.idle();
    expect(imported).toEqual(['block 1', 'block 2', 'block 3']);
    expect(engine.inputs.filter(({ kind }) => kind === 'block')).toMatchObject([{ id: Uint8Array.of(1), stage: 'executed' }, { id: Uint8Array.of(2), stage: 'invalid' }, { id: Uint8Array.of(3), stage: 'header' }]);
    for (let n = 10; n < 27; n++) expect(await offer(n)).toBe('ignore');
    await host.receive('p', Uint8Array.of(10));
    await host.receive('p', Uint8Array.of(11));
    await host.receive('p', Uint8Array.of(26));
    await host.idle();
    expect(imported.slice(3)).toEqual(['block 11', 'block 26']);
  });

  test('does nothing after a certificate that does not hold', async () => {
    const finalise: Effect = { kind: 'finalise', ref: { id: EMPTY, height: 3 } };
    for (const [certified, expected] of [[refuse('IMPORT_HEADER', 'no'), []], [accept(undefined), ['finalise 3']]] as const) {
      const { log, ports } = bench(createVirtualTime(), { certify: async () => certified });
      const host = createEngineHost({ engine: scripted([{ kind: 'certify', id: EMPTY, seal: EMPTY }, finalise]), view: VIEW, ports });
      host.start();
      await host.idle();
      expect(log).toEqual(expected);
    }
  });

  test('a second timer of one id replaces the first, and closing calls them off', async () => {
    const time = createVirtualTime();
    const { ports } = bench(time);
    const engine = scripted([{ kind: 'timer', id: 't', atMs: 10 }, { kind: 'timer', id: 't', atMs: 20 }, { kind: 'timer', id: 'u', atMs: 30 }]);
    const host = createEngineHost({ engine, view: VIEW, ports });
    host.start();
    await host.idle();
    time.advance(20);
    await host.idle();
    expect(engine.inputs).toHaveLength(1);
    await host.close();
    expect(time.nextDueMs()).toBeUndefined();
  });

  test('does long work a slice at a time, beside all else; another slice of the same job takes the place of one that waits', async () => {
    const time = createVirtualTime();
    const worked: number[] = [];
    const { ports } = bench(time, { compute: (bytes) => { worked.push(bytes[0] as number); return Uint8Array.of((bytes[0] as number) + 1); } });
    const slice = (byte: number): Effect => ({ kind: 'compute', job: 'a', bytes: Uint8Array.of(byte) });
    const engine = scripted([slice(1), slice(5)], { computed: (input) => (input.kind === 'computed' && (input.bytes[0] as number) < 8 ? [{ kind: 'compute', job: 'a', bytes: input.bytes }] : []) });
    const host = createEngineHost({ engine, view: VIEW, ports });
    host.start();
    await host.idle();
    expect(worked).toEqual([]);
    for (let slices = 0; slices < 5; slices++) {
      time.advance(20);
      await host.idle();
    }
    expect(worked).toEqual([5, 6, 7]);
    expect(engine.inputs.map((input) => input.kind === 'computed' && input.bytes[0])).toEqual([6, 7, 8]);
    await host.close();
  });

  test('imports and publishes a block with the ext that was found for it', async () => {
    const { log, ports } = bench(createVirtualTime(), { withExt: (block, ext) => `${block} of ${ext.join()}` });
    const engine = scripted([build('a')], { built: () => [{ kind: 'seal', job: 'a', seal: EMPTY, ext: Uint8Array.of(3, 4) }, { kind: 'publish', job: 'a' }] });
    const host = createEngineHost({ engine, view: VIEW, ports });
    host.start();
    await host.idle();
    expect(log).toEqual(['build a', 'import block a of 3,4', 'publish block a of 3,4']);
  });

  test('an engine that wants long work done where nobody does it stops its node', async () => {
    const time = createVirtualTime();
    const failures: unknown[] = [];
    const host = createEngineHost({ engine: scripted([{ kind: 'compute', job: 'a', bytes: EMPTY }]), view: VIEW, ports: bench(time).ports, onFailure: (error) => failures.push(error) });
    host.start();
    await host.idle();
    time.advance(20);
    await host.idle();
    expect(failures).toEqual([expect.objectContaining({ code: 'INVARIANT_BROKEN' })]);
  });
});
