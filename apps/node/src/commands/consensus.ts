import type { Command } from 'commander';
import { addConsensusEjectCommand } from './consensus-eject.ts';
import { addConsensusLawsCommand } from './consensus-laws.ts';

/** `vsys consensus`: for who writes a consensus module. */
export function addConsensusCommands(program: Command): void {
  const consensus = program.command('consensus').description('begin a consensus module, and see what each owes');
  addConsensusEjectCommand(consensus);
  addConsensusLawsCommand(consensus);
}
