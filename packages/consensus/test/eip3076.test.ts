import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSignerGuard } from '@vsys/consensus';
import type { PublicKeyOf } from '@vsys/consensus';
import { fromHex } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';

/** The slashing-protection interchange tests of EIP-3076: each file is a history of imports and signing attempts. */
const FOLDER = join(process.env['VSYS_SHARED'] ?? join(import.meta.dirname, '../../../../shared'), 'vectors/eip3076');

interface Attempt {
  readonly pubkey: string;
  readonly slot: string;
  readonly source_epoch: string;
  readonly target_epoch: string;
  readonly should_succeed: boolean;
}

interface Case {
  readonly name: string;
  readonly genesis_validators_root: string;
  readonly steps: readonly {
    readonly interchange: {
      readonly metadata: { readonly genesis_validators_root: string };
      readonly data: readonly {
        readonly pubkey: string;
        readonly signed_blocks: readonly { readonly slot: string }[];
        readonly signed_attestations: readonly { readonly source_epoch: string; readonly target_epoch: string }[];
      }[];
    };
    readonly blocks: readonly Attempt[];
    readonly attestations: readonly Attempt[];
  }[];
}

const keyOf = (pubkey: string): PublicKeyOf => ({ scheme: 'ed25519', bytes: fromHex(pubkey) });

async function judge(one: Case): Promise<number> {
  const values = new Map<string, Uint8Array>();
  const guard = createSignerGuard({ load: async (name) => values.get(name), save: async (name, bytes) => void values.set(name, bytes) });
  let attempts = 0;
  for (const { interchange, blocks, attestations } of one.steps) {
    // A history of another chain is not imported at all: who moves a key checks that first.
    if (interchange.metadata.genesis_validators_root === one.genesis_validators_root) {
      for (const { pubkey, signed_blocks, signed_attestations } of interchange.data) {
        for (const { slot } of signed_blocks) await guard.raise(keyOf(pubkey), { slot: BigInt(slot) });
        for (const vote of signed_attestations) await guard.raise(keyOf(pubkey), { source: BigInt(vote.source_epoch), target: BigInt(vote.target_epoch) });
      }
    }
    for (const { pubkey, slot, should_succeed } of blocks) {
      attempts++;
      expect((await guard.allow(keyOf(pubkey), { kind: 'block', slot: BigInt(slot) })).ok).toBe(should_succeed);
    }
    for (const { pubkey, source_epoch, target_epoch, should_succeed } of attestations) {
      attempts++;
      expect((await guard.allow(keyOf(pubkey), { kind: 'vote', source: BigInt(source_epoch), target: BigInt(target_epoch) })).ok).toBe(should_succeed);
    }
  }
  return attempts;
}

describe('signer guard against EIP-3076', () => {
  if (!existsSync(FOLDER)) {
    test.skip('skipped: the EIP-3076 vectors are not beside this checkout', () => undefined);
    return;
  }
  const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Case);
  test.each(cases)('$name', async (one) => {
    await judge(one);
  });
  test('these are 38 files with 150 attempts', async () => {
    let attempts = 0;
    for (const one of cases) attempts += await judge(one);
    expect([cases.length, attempts]).toEqual([38, 150]);
  });
});
