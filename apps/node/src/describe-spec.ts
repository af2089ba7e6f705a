import { type BlockId, type ChainId, type StateRoot, systemClock } from '@vsys/primitives';
import { createChain } from '@vsys/consensus';
import { createRouter } from '@vsys/container';
import { createInlineVerifier } from '@vsys/crypto';
import { chainId, type ChainSpec } from '@vsys/data-format';
import { databaseDefaults, type DatabaseParams, databaseParamsFromBytes } from '@vsys/database';
import { DATABASE } from '@vsys/database/layout';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { createCoinContainer } from '@vsys/transaction';
import { AppError } from './app-error.ts';
import { containers } from './containers.ts';
import { consensusModule } from './modules.ts';

export interface SpecDescription {
  readonly chainId: ChainId;
  readonly name: string;
  readonly symbol: string;
  readonly network: string;
  readonly genesis: { readonly id: BlockId; readonly time: string; readonly timeMs: number; readonly stateRoot: StateRoot; readonly accounts: number; readonly coins: bigint };
  readonly limits: ChainSpec['limits'];
  readonly fees: ChainSpec['fees'];
  /** What it asks for what is stored. */
  readonly database: DatabaseParams;
  /** Name and version. */
  readonly containers: readonly string[];
  readonly consensus: {
    readonly module: string;
    /** As the module says them, such as its quorum. */
    readonly numbers: Readonly<Record<string, number>>;
    /** Lists among the parameters, such as seats: what they hold is the module's own. */
    readonly lists: Readonly<Record<string, readonly unknown[]>>;
  };
}

/**
 * What chain a spec makes: opened in memory as a node opens it in an empty folder, so that it refuses what a node would refuse.
 *
 * @throws AppError `SPEC_FILE` or `MODULE_UNKNOWN`; ChainError `CHAIN_SPEC` or `CHAIN_CONTAINER`
 */
export async function describeSpec(spec: ChainSpec): Promise<SpecDescription> {
  const id = chainId(spec);
  const module = consensusModule(spec.consensus.module);
  const opened = module.open(spec.consensus.params, id);
  if (!opened.ok) throw new AppError('SPEC_FILE', `consensus.params: ${opened.message}`);
  const params = module.paramsToJson(spec.consensus.params);
  if (!params.ok) throw new AppError('SPEC_FILE', `consensus.params: ${params.message}`);
  const lists = Object.entries(params.value as object).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const router = createRouter([createCoinContainer(), ...containers, ...opened.value.containers]);
  await using chain = await createChain({ spec }, { consensus: opened.value, router, store: createMemoryStore(), log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: systemClock });
  const { genesis } = chain;
  return {
    chainId: id, name: spec.name, symbol: spec.symbol, network: spec.network,
    genesis: {
      id: genesis.id, time: new Date(spec.genesisTimeMs).toISOString(), timeMs: spec.genesisTimeMs, stateRoot: genesis.header.stateRoot,
      accounts: spec.balances.length, coins: spec.balances.reduce((sum, { amount }) => sum + amount, 0n),
    },
    limits: spec.limits, fees: spec.fees, database: databaseOf(spec),
    containers: spec.containers.map(({ name, version }) => `${name}@${version}`),
    consensus: { module: module.id, numbers: opened.value.describe(), lists: Object.fromEntries(lists) },
  };
}

/** The chain is open: its parameters hold. */
function databaseOf({ containers: named }: ChainSpec): DatabaseParams {
  const params = databaseParamsFromBytes(named.find(({ name }) => name === DATABASE)?.params ?? new Uint8Array());
  return params.ok ? params.value : databaseDefaults;
}
