import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { modules } from '../src/modules.ts';

const findings = readFileSync(new URL('./open-findings.test.ts', import.meta.url), 'utf8');

test.each(modules.map(({ name }) => name))('%s has a gate, or a finding that is open', (name) => {
  const hasGate = existsSync(new URL(`./gate-${name}.test.ts`, import.meta.url));
  expect(hasGate).toBe(!findings.includes(`{ module: '${name}', seed:`));
});
