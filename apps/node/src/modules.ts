import { verifySignature } from '@vsys/crypto';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createEras } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { AppError } from './app-error.ts';

const [spos, poa, bft] = [createSpos({ verifySignature }), createPoa({ verifySignature }), createBft({ verifySignature })] as unknown as readonly [ConsensusModule, ConsensusModule, ConsensusModule];

/** The consensus modules of this process: those that the program carries, any of them after another on one chain, and behind them what `addModules` added. */
const modules: ConsensusModule[] = [spos, poa, bft, createEras({ modules: [poa, spos, bft] }) as ConsensusModule];

/** Names without versions, as `--consensus` takes them. */
export function consensusNames(): readonly string[] {
  return modules.map((module) => module.id.split('@')[0] as string);
}

/** @param id - as in the chain spec, such as `spos@1`; without a version the newest */
export function consensusModule(id: string): ConsensusModule {
  const found = modules.find((module) => module.id === id || module.id.split('@')[0] === id);
  if (found === undefined) throw new AppError('MODULE_UNKNOWN', `there is no consensus module "${id}" here; there are ${modules.map((module) => module.id).join(', ')}. Name the package that has it in consensus.modules of the config, or in V_CONSENSUS__MODULES`);
  return found;
}

/** Takes modules in, for as long as the process lives. None may go by a name that is taken: the word in a spec would be two things. */
export function addModules(added: readonly ConsensusModule[], from: string): void {
  for (const module of added) {
    if (modules.some((one) => one.id === module.id)) throw new AppError('MODULE_FILE', `${from} has a module ${module.id}, and there is one of that name already; give it another name or version`);
    modules.push(module);
  }
}
