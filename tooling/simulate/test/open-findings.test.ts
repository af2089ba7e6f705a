import { describe, expect, test } from '@jest/globals';
import { createSimulation } from '@vsys/simulation';
import { moduleNamed } from '../src/modules.ts';

/**
 * What the simulator found and nobody has repaired yet. A module with a row here has no gate; when its row fails, the stall is gone: remove the
 * row, and give the module a file `gate-NAME.test.ts`.
 */
const openFindings: readonly { readonly module: string; readonly seed: number; readonly what: string }[] = [
  { module: 'bft', seed: 39, what: 'stands still for ever after a one-way cut, a full disk and a crash' },
];

describe('open findings', () => {
  test.each(openFindings)('$module: $what', async ({ module, seed }) => {
    const { violation } = await createSimulation({ seed, module: moduleNamed(module) }).run();
    expect(violation?.kind).toMatch(/^(no-progress|transaction-missing)$/);
  }, 300_000);
});
