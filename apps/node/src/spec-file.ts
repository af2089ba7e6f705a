import { readFile } from 'node:fs/promises';
import { type AccountId, compareBytes } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import { type ChainSpec, chainSpecFromJson, checkChainSpec } from '@vsys/data-format';
import { databaseDefaults, type DatabaseParams, databaseParamsFromBytes, databaseParamsToBytes } from '@vsys/database';
import { AppError } from './app-error.ts';
import { consensusModule } from './modules.ts';

export async function readSpecFile(path: string): Promise<ChainSpec> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('SPEC_FILE', `cannot read the chain spec ${path}; write one with: vsys init`, { cause });
  }
  const spec = chainSpecFromJson(text);
  if (!spec.ok) throw new AppError('SPEC_FILE', `${path}: ${spec.message}`);
  return spec.value;
}

export interface NewSpec {
  readonly name: string;
  /** Name of a consensus module, such as `spos`. */
  readonly consensus: string;
  readonly slotMs: number;
  readonly genesisTimeMs: number;
  /** `test` for a chain whose keys are public, so that clients take them there and nowhere else; by default `private`. */
  readonly network?: ChainSpec['network'];
  readonly seats: readonly Signer[];
  /** What the chain asks for what is stored; by default nothing. */
  readonly database?: DatabaseParams;
  readonly balances: readonly { readonly account: AccountId; readonly amount: bigint }[];
}

/**
 * A chain with a database, for so many seats. The word for the consensus is all that differs between modules here.
 *
 * @throws AppError when a spec of these values could not be read again
 */
export function createSpec({ name, consensus, slotMs, genesisTimeMs, network = 'private', seats, database = databaseDefaults, balances }: NewSpec): ChainSpec {
  const module = consensusModule(consensus);
  if (module.paramsOfNewChain === undefined) throw new AppError('SPEC_FILE', `${module.id} does not say what a new chain begins with; write its spec by hand`);
  const params = module.paramsFromJson(module.paramsOfNewChain({ periodMs: slotMs, producers: seats }));
  if (!params.ok) throw new AppError('SPEC_FILE', `${module.id}: ${params.message}`);
  const stored = databaseParamsFromBytes(databaseParamsToBytes(database));
  if (!stored.ok) throw new AppError('SPEC_FILE', `database: ${stored.message}`);
  const none = new Uint8Array();
  const spec = checkChainSpec({
    version: 1, name, symbol: 'VDEV', network, genesisTimeMs,
    limits: { blockBytesMax: 2_000_000, blockGasMax: 1_000_000_000n, transactionBytesMax: 262_144 },
    fees: { perByte: 1n, perGas: 1n, to: 'burn' },
    consensus: { module: module.id, params: params.value },
    containers: [{ name: 'attestation', version: 1, params: none }, { name: 'coin', version: 1, params: none }, { name: 'database', version: 1, params: databaseParamsToBytes(database) }, { name: 'identity', version: 1, params: none }, { name: 'moderation', version: 1, params: none }, { name: 'name', version: 1, params: none }, { name: 'token', version: 1, params: none }],
    balances: balances.toSorted((a, b) => compareBytes(a.account, b.account)),
    salt: none,
  });
  if (!spec.ok) throw new AppError('SPEC_FILE', spec.message);
  return spec.value;
}
