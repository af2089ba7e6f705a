import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { simulatedModules } from '@vsys/app-node/simulated-modules';

test.each(simulatedModules.map(({ name }) => name))('%s has a gate', (name) => {
  expect(existsSync(new URL(`./gate-${name}.test.ts`, import.meta.url))).toBe(true);
});
