import { accept, concatBytes, refuse } from '@vsys/primitives';
import { type Container, containerPrefix } from '../src/index.ts';
import type { ContainerSubject } from '../src/compliance.ts';

const prefix = containerPrefix('notes');
export const head = (actor: Uint8Array): Uint8Array => concatBytes(prefix, Uint8Array.of(0), actor);
const page = (actor: Uint8Array, number: number): Uint8Array => concatBytes(prefix, Uint8Array.of(1), actor, Uint8Array.of(number));
const PAGES_MAX = 3;

/** A good container, small enough to see that it is: each account writes notes of 1 to 32 bytes on pages, and a head counts them. */
export function createNotes(): Container {
  return {
    name: 'notes',
    version: 1,
    check: (payload) => (payload.length >= 1 && payload.length <= 32 ? accept(undefined) : refuse('NOTES_PAYLOAD', `a note has 1 to 32 bytes, found ${payload.length}`)),
    touches: (_payload, actor) => [head(actor)],
    execute(payload, { state, actor, gas }) {
      gas.charge(100n);
      const pages = state.get(head(actor))?.[0] ?? 0;
      if (pages === PAGES_MAX) return refuse('NOTES_FULL', `an account has at most ${PAGES_MAX} notes`);
      // Known only after the head was read, so it is asked for in one batch.
      const all = Array.from({ length: pages }, (_, i) => page(actor, i));
      state.need(all);
      for (const one of all) if (state.get(one)?.join() === payload.join()) return refuse('NOTES_TWICE', 'the account has this note already');
      gas.charge(BigInt(payload.length));
      state.set(page(actor, pages), payload.slice());
      state.set(head(actor), Uint8Array.of(pages + 1));
      return accept(Uint8Array.of(pages));
    },
    genesis: (params) => (params.length === 0 ? [] : [{ key: head(new Uint8Array(20)), value: params.slice(0, 1) }]),
  };
}

export function notesSubject(container: Container = createNotes()): ContainerSubject {
  const [ada, bob] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
  const note = (text: string): Uint8Array => new TextEncoder().encode(text);
  return {
    container,
    params: Uint8Array.of(0),
    malformed: [new Uint8Array(), new Uint8Array(33)],
    story: [
      { payload: note('bread'), actor: ada, becomes: 'ok' },
      { payload: note('bread'), actor: ada, becomes: 'NOTES_TWICE' },
      { payload: note('bread'), actor: bob, becomes: 'ok' },
      { payload: note('milk'), actor: ada, becomes: 'ok' },
      { payload: note('eggs'), actor: ada, becomes: 'ok' },
      { payload: note('wine'), actor: ada, becomes: 'NOTES_FULL' },
    ],
  };
}
