import { genesisHeader, genesisWrites } from '@vsys/consensus';
import type { EraRecord } from '@vsys/consensus-eras';
import { createRouter } from '@vsys/container';
import { chainId, type ChainSpec } from '@vsys/data-format';
import type { Trust } from '@vsys/rpc/client';
import { createState, type StateView } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';
import { createCoinContainer } from '@vsys/transaction';
import { AppError } from './app-error.ts';
import { containers } from './containers.ts';
import { consensusModule } from './modules.ts';

/**
 * What a client believes from the start, all of it out of the spec: the first state is made here and not asked for.
 *
 * @param records - of eras that the spec does not have
 * @throws AppError `SPEC_FILE`, `MODULE_UNKNOWN`
 */
export async function trustOf(spec: ChainSpec, records: readonly EraRecord[] = []): Promise<Trust> {
  const opened = consensusModule(spec.consensus.module, records).open(spec.consensus.params, chainId(spec));
  if (!opened.ok) throw new AppError('SPEC_FILE', `consensus.params: ${opened.message}`);
  const writes = genesisWrites(spec, createRouter([createCoinContainer(), ...containers, ...opened.value.containers]), opened.value);
  if (!writes.ok) throw new AppError('SPEC_FILE', writes.message);
  await using state = await createState({ store: createMemoryStore() });
  const { root } = await state.fork(state.view(state.base.root) as StateView, 0, writes.value);
  return { spec, genesis: genesisHeader(spec, root), rules: opened.value.rules };
}
