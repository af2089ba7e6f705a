import { createHash } from 'node:crypto';
import { compareBytes, invariant, toHex } from '@vsys/primitives';
import { createSigner, type Signer, verifySignature } from '@vsys/crypto';
import { createSpos } from '@vsys/consensus-spos';
import { type ChainSpec, checkChainSpec } from '@vsys/data-format';

/** Keys of a bench are made from words, so that a chain that is kept between runs can be gone on with. */
export function benchSigner(word: string): Signer {
  return createSigner('ed25519', benchSecret(word));
}

export function benchSecret(word: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`v bench ${word}`).digest());
}

export const SLOT_MS = 1_000;

/**
 * The chain that `vsys init` would write, with four SPoS seats, and an amount for each of the accounts.
 *
 * @param finality - by votes as there, or by depth for a chain that one process makes without anybody who votes
 */
export function createBenchSpec({ genesisTimeMs, seats, funded, finality = 'ffg' }: { readonly genesisTimeMs: number; readonly seats: readonly Signer[]; readonly funded: readonly Signer[]; readonly finality?: 'ffg' | 'depth' }): ChainSpec {
  const module = createSpos({ verifySignature });
  const params = module.paramsFromJson({ slotMs: SLOT_MS, slots: seats.length, finality, seats: seats.map(({ account, publicKey }, seat) => ({ seat, account: toHex(account), mintKey: toHex(publicKey.bytes) })) });
  invariant(params.ok, 'the seats of a bench are distinct');
  const none = new Uint8Array();
  const spec = checkChainSpec({
    version: 1, name: 'bench', symbol: 'VBENCH', network: 'private', genesisTimeMs,
    limits: { blockBytesMax: 2_000_000, blockGasMax: 1_000_000_000n, transactionBytesMax: 262_144 },
    fees: { perByte: 1n, perGas: 1n, to: 'burn' },
    consensus: { module: module.id, params: params.value },
    containers: [{ name: 'coin', version: 1, params: none }, { name: 'database', version: 1, params: none }],
    balances: funded.map(({ account }) => ({ account, amount: 1_000_000_000_000n })).toSorted((a, b) => compareBytes(a.account, b.account)),
    salt: none,
  });
  invariant(spec.ok, 'the spec of a bench holds');
  return spec.value;
}
