import { verifySignature } from '@vsys/crypto';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createEras, type EraRecord } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { AppError } from './app-error.ts';

/** The consensus modules that this application carries. A builder of another node lists others here. */
const plain: readonly ConsensusModule[] = [createSpos({ verifySignature }) as ConsensusModule, createPoa({ verifySignature }) as ConsensusModule, createBft({ verifySignature }) as ConsensusModule];
/** And any of them after another on one chain. */
const modules: readonly ConsensusModule[] = [...plain, createEras({ modules: plain }) as ConsensusModule];

/** Names without versions, as `--consensus` takes them. */
export const consensusNames: readonly string[] = modules.map((module) => module.id.split('@')[0] as string);

/**
 * @param id - as in the chain spec, such as `spos@1`; without a version the newest
 * @param records - of eras that the spec does not have, where its chain is one that can change its module
 */
export function consensusModule(id: string, records: readonly EraRecord[] = []): ConsensusModule {
  const found = modules.find((module) => module.id === id || module.id.split('@')[0] === id);
  if (found === undefined) throw new AppError('MODULE_UNKNOWN', `there is no consensus module "${id}" here; there are ${modules.map((module) => module.id).join(', ')}`);
  if (records.length > 0) {
    if (found.id !== 'eras@1') throw new AppError('ERA_FILE', `chain.eras: the chain is under ${found.id} for good; only one that began under eras@1, were it with one era, can get others. Leave the setting empty`);
    return createEras({ modules: plain, records }) as ConsensusModule;
  }
  return found;
}
