import type { Command } from 'commander';
import { carryModules, wholeModuleNames } from '../carry-modules.ts';
import { consensusModules } from '../modules.ts';

/** `vsys consensus laws`: which module is held to which law of the compliance suite. */
export function addConsensusLawsCommand(consensus: Command): void {
  consensus.command('laws').description('print which consensus module is held to which law of the compliance suite, by what it declares')
    .option('--modules <names>', 'packages or files with modules from outside, with commas between them')
    .addHelpText('after', `
The table is markdown. A module from outside is one more column:
  vsys consensus laws --modules ./my-module.js`)
    .action(async ({ modules }: { readonly modules?: string }) => {
      await carryModules(wholeModuleNames((modules ?? '').split(',').filter((name) => name !== ''), process.cwd()), process.cwd());
      // The suite is large, and no other command needs it.
      const { lawsTable } = await import('../laws-table.ts');
      process.stdout.write(`${lawsTable(consensusModules())}\n`);
    });
}
