import type { Command } from 'commander';
import { addConsensusLawsCommand } from './consensus-laws.ts';

/** `vsys consensus`: for who writes a consensus module. */
export function addConsensusCommands(program: Command): void {
  const consensus = program.command('consensus').description('what the consensus modules owe');
  addConsensusLawsCommand(consensus);
}
