import { describe, expect, test } from '@jest/globals';
import { failedLaws } from '@vsys/primitives/compliance';
import { containerCompliance, type DefineTest } from '../src/compliance.ts';
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
