import { verifySignature } from '@vsys/crypto';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createEras, type EraRecord } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { AppError } from './app-error.ts';

const [spos, poa, bft] = [createSpos({ verifySignature }), createPoa({ verifySignature }), createBft({ verifySignature })] as unknown as readonly [ConsensusModule, ConsensusModule, ConsensusModule];
/** What one chain may run one after another, in the order in which a new one does. */
const plain: readonly ConsensusModule[] = [poa, spos, bft];
/** The consensus modules of this process: those that the program carries, any of them after another on one chain, and behind them what `addModules` added. */
const modules: ConsensusModule[] = [spos, poa, bft, createEras({ modules: plain }) as ConsensusModule];

/** All of this process, those from outside last. */
export function consensusModules(): readonly ConsensusModule[] {
  return modules;
}

/** Names without versions, as `--consensus` takes them. */
export function consensusNames(): readonly string[] {
  return modules.map((module) => module.id.split('@')[0] as string);
}

/**
 * @param id - as in the chain spec, such as `spos@1`; without a version the newest
 * @param records - of eras that the spec does not have, where its chain is one that can change its module
 */
export function consensusModule(id: string, records: readonly EraRecord[] = []): ConsensusModule {
  const found = modules.find((module) => module.id === id || module.id.split('@')[0] === id);
  if (found === undefined) throw new AppError('MODULE_UNKNOWN', `there is no consensus module "${id}" here; there are ${modules.map((module) => module.id).join(', ')}. Name the package that has it in consensus.modules of the config, or in V_CONSENSUS__MODULES`);
  if (records.length > 0) {
    if (found.id !== 'eras@1') throw new AppError('ERA_FILE', `chain.eras: the chain is under ${found.id} for good; only one that began under eras@1, were it with one era, can get others. Leave the setting empty`);
    return createEras({ modules: plain, records }) as ConsensusModule;
  }
  return found;
}

/** Takes modules in, for as long as the process lives. None may go by a name that is taken: the word in a spec would be two things. */
export function addModules(added: readonly ConsensusModule[], from: string): void {
  for (const module of added) {
    if (modules.some((one) => one.id === module.id)) throw new AppError('MODULE_FILE', `${from} has a module ${module.id}, and there is one of that name already; give it another name or version`);
    modules.push(module);
  }
}
