import { verifySignature } from '@vsys/crypto';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createEras } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { AppError } from './app-error.ts';

/** The consensus modules that this application carries. A builder of another node lists others here. */
const plain: readonly ConsensusModule[] = [createSpos({ verifySignature }) as ConsensusModule, createPoa({ verifySignature }) as ConsensusModule, createBft({ verifySignature }) as ConsensusModule];
/** And any of them after another on one chain. */
const modules: readonly ConsensusModule[] = [...plain, createEras({ modules: plain }) as ConsensusModule];

/** Names without versions, as `--consensus` takes them. */
export const consensusNames: readonly string[] = modules.map((module) => module.id.split('@')[0] as string);

/** @param id - as in the chain spec, such as `spos@1`; without a version the newest */
export function consensusModule(id: string): ConsensusModule {
  const found = modules.find((module) => module.id === id || module.id.split('@')[0] === id);
  if (found === undefined) throw new AppError('MODULE_UNKNOWN', `there is no consensus module "${id}" here; there are ${modules.map((module) => module.id).join(', ')}`);
  return found;
}
