import { accept, concatBytes, refuse } from '@vsys/primitives';
import { type Container, containerPrefix, createGasMeter, type OperationContext } from '../src/index.ts';
import { createNotes, head } from './notes.ts';

/** A fault, the law that must find it, and a container that has it. A suite that passes a twin proves nothing. */
export type BrokenTwin = readonly [fault: string, law: string, create: () => Container];

const withParts = (change: (good: Container) => Partial<Container>) => (): Container => {
  const good = createNotes();
  return { ...good, ...change(good) };
};
/** Changes what the operation is given. */
const withContext = (change: (context: OperationContext) => Partial<OperationContext>) =>
  withParts((good) => ({ execute: (payload, context) => good.execute(payload, { ...context, ...change(context) }) }));

let shared = 0;

export const brokenContainers: readonly BrokenTwin[] = [
  ['has a name that no router takes', 'has a name that a router takes, and a version', withParts(() => ({ name: 'My Notes' }))],
  ['has no version', 'has a name that a router takes, and a version', withParts(() => ({ version: 0 }))],
  ['writes into another key space at genesis', 'writes at genesis below its own prefix, and the same each time',
    withParts(() => ({ genesis: () => [{ key: concatBytes(containerPrefix('coin'), Uint8Array.of(1)), value: Uint8Array.of(1) }] }))],
  ['writes something else at every genesis', 'writes at genesis below its own prefix, and the same each time',
    withParts(() => ({ genesis: () => [{ key: head(new Uint8Array(20)), value: Uint8Array.of(shared++ & 0xff) }] }))],
  ['takes what is malformed', 'refuses what is malformed with a code and a sentence', withParts(() => ({ check: () => accept(undefined) }))],
  ['refuses without a word', 'refuses what is malformed with a code and a sentence',
    withParts((good) => ({ check: (payload) => { const verdict = good.check(payload); return verdict.ok ? verdict : refuse('NOTES_PAYLOAD', ''); } }))],
  ['throws at what is malformed', 'judges any bytes, and never throws',
    withParts((good) => ({ check: (payload) => { if (payload.length === 0) throw new RangeError('empty'); return good.check(payload); } }))],
  ['throws at some payload that it accepted', 'runs all that it did not refuse, to an end that is a verdict',
    withParts((good) => ({ execute: (payload, context) => { if (payload[0] === 0xff) throw new RangeError('odd'); return good.execute(payload, context); } }))],
  ['throws when it names the keys of some payload', 'runs all that it did not refuse, to an end that is a verdict',
    withParts((good) => ({ touches: (payload, actor, block) => { if (payload[0] === 0xff) throw new RangeError('odd'); return good.touches(payload, actor, block); } }))],
  ['accepts what its story says is refused', 'lets a story come out as it says, and refuses with a code and a sentence',
    withParts((good) => ({ execute: (payload, context) => { const done = good.execute(payload, context); return done.ok ? done : accept(new Uint8Array()); } }))],
  ['writes into another key space', 'writes below its own prefix only, and where it says',
    withContext(({ state }) => ({ state: { get: (key) => state.get(key), need: (keys) => state.need(keys), set: (key, value) => state.set(concatBytes(containerPrefix('coin'), key), value), dropPrefix() {} } }))],
  ['drops another key space', 'writes below its own prefix only, and where it says',
    withParts((good) => ({ execute: (payload, context) => { context.state.dropPrefix(containerPrefix('coin')); return good.execute(payload, context); } }))],
  ['reads key after key without a word', 'asks for keys that were not loaded at most 8 times',
    withParts((good) => ({ execute: (payload, context) => {
      for (let i = 0; i < 20; i++) context.state.get(concatBytes(containerPrefix('notes'), Uint8Array.of(7, i)));
      return good.execute(payload, context);
    } }))],
  ['charges again for every time that it begins', 'comes to the same, whatever was loaded before',
    withParts((good) => {
      const runs = new Map<Uint8Array, bigint>();
      return { touches: (payload, actor, block) => { runs.delete(payload); return good.touches(payload, actor, block); }, execute: (payload, context) => {
        const count = (runs.get(payload) ?? 0n) + 1n;
        runs.set(payload, count);
        context.gas.charge(count);
        const done = good.execute(payload, context);
        runs.delete(payload);
        return done;
      } };
    })],
  ['takes what was not loaded for absent', 'comes to the same, whatever was loaded before',
    withContext(({ state }) => ({ state: { need() {}, set: (key, value) => state.set(key, value), dropPrefix() {}, get(key) { try { return state.get(key); } catch { return undefined; } } } }))],
  ['remembers in itself what was called', 'comes to the same when it runs again, after others, and in another process',
    withParts((good) => {
      let calls = 0n;
      return { execute: (payload, context) => { const done = good.execute(payload, context); context.gas.charge(calls++); return done; } };
    })],
  ['remembers in its process what was called', 'comes to the same when it runs again, after others, and in another process',
    withParts((good) => ({ execute: (payload, context) => { const done = good.execute(payload, context); return done.ok ? accept(Uint8Array.of(shared++ & 0xff)) : done; } }))],
  ['reads the clock', 'reads no clock and leaves nothing to chance', withParts((good) => ({ execute: (payload, context) => { Date.now(); return good.execute(payload, context); } }))],
  ['asks chance', 'reads no clock and leaves nothing to chance', withParts((good) => ({ execute: (payload, context) => { Math.random(); return good.execute(payload, context); } }))],
  ['works for nothing', 'charges gas for what it does, and stops where the gas ends', withContext(() => ({ gas: createGasMeter(1_000n) }))],
  ['goes on without gas', 'charges gas for what it does, and stops where the gas ends',
    withContext(({ gas }) => ({ gas: { get used() { return gas.used; }, charge(units) { try { gas.charge(units); } catch { /* the fault */ } } } }))],
  ['ends every block in another way', 'ends a block with the same writes whatever was loaded before, when it runs again, and in another process',
    withParts(() => ({ endBlock: ({ state }) => state.set(head(new Uint8Array(20).fill(9)), Uint8Array.of(shared++ & 0xff)) }))],
  ['takes what was not loaded for absent at the end of a block', 'ends a block with the same writes whatever was loaded before, when it runs again, and in another process',
    withParts(() => ({ endBlock({ state, author = new Uint8Array(20) }) {
      let notes = 0;
      try { notes = state.get(head(author))?.[0] ?? 0; } catch { /* the fault */ }
      state.set(head(new Uint8Array(20).fill(9)), Uint8Array.of(notes));
    } }))],
  ['writes into another key space at the end of a block', 'writes below its own prefix only at the end of a block, and where it says',
    withParts(() => ({ endBlock: ({ state }) => state.set(concatBytes(containerPrefix('coin'), Uint8Array.of(1)), Uint8Array.of(1)) }))],
  ['needs an author', 'ends any block: without an author, with accounts that nobody heard of, and with many',
    withParts(() => ({ endBlock: ({ author }) => { if (author === undefined) throw new RangeError('nobody'); } }))],
  ['reads key after key at the end of a block', 'ends any block: without an author, with accounts that nobody heard of, and with many',
    withParts(() => ({ endBlock: ({ balancesChanged, state }) => balancesChanged.forEach((account) => state.get(head(account))) }))],
  ['changes its payload', 'leaves its payload, its actor and the values that it reads as they are',
    withParts((good) => ({ execute: (payload, context) => { const done = good.execute(payload, context); payload[0] = 0; return done; } }))],
  ['changes a value in place', 'leaves its payload, its actor and the values that it reads as they are',
    withParts((good) => ({ execute: (payload, context) => { context.state.get(head(context.actor))?.fill(9); return good.execute(payload, context); } }))],
];
