import { Command } from 'commander';
import { addChainCommands } from './commands/chain.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConsensusCommands } from './commands/consensus.ts';
import { addDevCommand } from './commands/dev.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addDbCommands } from './commands/db.ts';
import { addInitCommand } from './commands/init.ts';
import { addKeyCommands } from './commands/key.ts';
import { addModerateCommands } from './commands/moderate.ts';
import { addNodeCommands } from './commands/node.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addStakeCommands } from './commands/stake.ts';
import { addTxCommands } from './commands/tx.ts';
import { version } from './version.ts';

/** The tree of all commands. Parsing throws instead of leaving the process: `vsys.ts` says what went wrong, once and in one form. */
export function createProgram(): Command {
  // Commands made below inherit how errors leave.
  const program = new Command('vsys')
    .description('A chain that is a database: its node and the tools around it.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  addDevCommand(program);
  addInitCommand(program);
  addNodeCommands(program);
  addKeyCommands(program);
  addChainCommands(program);
  addTxCommands(program);
  addStakeCommands(program);
  addDbCommands(program);
  addModerateCommands(program);
  addSimulateCommand(program);
  addConsensusCommands(program);
  addExplainCommand(program);
  addCompletionCommand(program);
  return program;
}
