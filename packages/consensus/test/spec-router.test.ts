import { describe, expect, test } from '@jest/globals';
import { type Container, createRouter } from '@vsys/container';
import type { ChainSpec } from '@vsys/data-format';
import { accept } from '@vsys/primitives';
import type { Consensus } from '../src/index.ts';
import { routerOfSpec } from '../src/spec-router.ts';

const named = (name: string): Container => ({ name, version: 1, check: () => accept(undefined), touches: () => [], execute: () => accept(new Uint8Array()) });
const specWith = (...names: string[]): ChainSpec => ({ containers: names.map((name) => ({ name, version: 1, params: new Uint8Array() })) }) as unknown as ChainSpec;
const moduleWith = (...containers: Container[]): Consensus => ({ containers }) as unknown as Consensus;
const namesOf = (spec: ChainSpec, composed: readonly string[], consensus: Consensus): string[] => routerOfSpec(spec, createRouter(composed.map(named)), consensus).containers.map(({ name }) => name);

describe('the containers that a chain runs', () => {
  test('are in one order, whatever the composition, because they end a block one after the other', () => {
    for (const composed of [['token', 'coin', 'database', 'seats'], ['seats', 'database', 'token', 'coin']]) {
      expect(namesOf(specWith('coin', 'database', 'token'), composed, moduleWith(named('seats')))).toEqual(['coin', 'database', 'token', 'seats']);
    }
  });

  test('are those of the module also where nobody listed them, and none that the spec does not name', () => {
    expect(namesOf(specWith('database'), ['coin', 'database', 'token'], moduleWith(named('seats')))).toEqual(['coin', 'database', 'seats']);
  });
});
