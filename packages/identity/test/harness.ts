import { type ContainerBench, createContainerBench } from '@vsys/container/compliance';
import type { AccountId, Verdict } from '@vsys/primitives';
import { createIdentityContainer } from '../src/index.ts';
import { type IdentityId, identityFromRecord, identityKey, type IdentityRecord } from '../src/layout.ts';

export const account = (n: number): AccountId => new Uint8Array(20).fill(n);

export interface Bench extends ContainerBench {
  identity(id: IdentityId): IdentityRecord | undefined;
}

export function createBench(): Bench {
  const bench = createContainerBench(createIdentityContainer());
  return Object.assign(bench, {
    identity(id: IdentityId): IdentityRecord | undefined {
      const record = bench.get(identityKey(id));
      return record === undefined ? undefined : identityFromRecord(record);
    },
  });
}

/** The id that an operation answered. */
export function idOf(verdict: Verdict<Uint8Array, string>): IdentityId {
  if (!verdict.ok) throw new RangeError(verdict.code);
  return verdict.value;
}

/** The bench, at that height from now on. */
export function at(bench: Bench, height: number): Bench {
  bench.height = height;
  return bench;
}
