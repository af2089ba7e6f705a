import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { modules } from '../src/modules.ts';

test.each(modules.map(({ name }) => name))('%s has a gate', (name) => {
  expect(existsSync(new URL(`./gate-${name}.test.ts`, import.meta.url))).toBe(true);
});
