import { join } from 'node:path';
import type { Command } from 'commander';
import { ejectModule } from '../eject-module.ts';
import { printRows, say } from '../output.ts';

/** What each file is for, where its name does not say it. */
const PURPOSES: Readonly<Record<string, string>> = {
  'package.json': 'the package; npm test runs the laws',
  'README.md': 'how to go on',
  'src/index.js': 'what a node imports by the name in consensus.modules',
  'src/module.js': 'the name of the module, and what it declares',
  'src/params.js': 'what a chain spec says of it',
  'src/rules.js': 'which headers are valid, which branch wins, what is final',
  'src/engine.js': 'when to build and what to sign',
  'test/compliance.test.js': 'the suite, in ten lines',
  'test/subject.js': 'the module at work, for the suite',
};

/** `vsys consensus eject`: a package of one's own to begin a consensus module with. */
export function addConsensusEjectCommand(consensus: Command): void {
  consensus.command('eject').description('write the package of a new consensus module, which works and passes the compliance suite, to be changed')
    .argument('<folder>', 'where to write; new, or empty')
    .option('--name <name>', 'name of the module and of its package', 'my-rule')
    .action(async (folder: string, { name }: { readonly name: string }) => {
      const written = await ejectModule(folder, name);
      printRows(written.map((file) => [file, Object.entries(PURPOSES).find(([one]) => join(folder, one) === file)?.[1] ?? '']));
      say(`Next: cd ${folder} && npm install && npm test`);
    });
}
