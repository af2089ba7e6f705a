import { describe, expect, test } from '@jest/globals';
import { failedLaws } from '@vsys/primitives/compliance';
import { accept, concatBytes, refuse } from '@vsys/primitives';
import { containerCompliance, type DefineTest } from '../src/compliance.ts';
import { type Container, containerPrefix } from '../src/index.ts';
import { brokenContainers } from './broken-twins.ts';
import { notesSubject } from './notes.ts';

describe('a container of notes', () => {
  containerCompliance({ test, create: () => notesSubject() });
});

describe('the suite fails a container that', () => {
  for (const [fault, law, create] of brokenContainers) {
    test(`${fault}: "${law}"`, async () => {
      const only = (define: DefineTest): DefineTest => (name, run) => { if (name === law) define(name, run); };
      expect(await failedLaws((one) => containerCompliance({ test: only(one), create: () => notesSubject(create()) }))).toEqual([law]);
    });
  }
});

describe('the counter of the README', () => {
  const counter: Container = {
    name: 'counter',
    version: 1,
    check: (payload) => (payload.length === 0 ? accept(undefined) : refuse('COUNTER_PAYLOAD', 'takes no payload')),
    touches: (_payload, actor) => [concatBytes(containerPrefix('counter'), actor)],
    execute(_payload, { state, actor, gas }) {
      gas.charge(100n);
      const key = concatBytes(containerPrefix('counter'), actor);
      const next = Uint8Array.of(((state.get(key)?.[0] ?? 0) + 1) & 0xff);
      state.set(key, next);
      return accept(next);
    },
  };
  const actor = new Uint8Array(20);
  containerCompliance({ test, create: () => ({ container: counter, malformed: [Uint8Array.of(1)], story: [{ payload: new Uint8Array(), actor, becomes: 'ok' }] }) });
});
