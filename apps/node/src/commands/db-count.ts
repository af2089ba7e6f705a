import type { Command } from 'commander';
import { clientOf } from '../client-options.ts';
import { addDatabaseOptions } from '../database-options.ts';
import { printJson, say } from '../output.ts';
import { addAtOption, countQueryOf, FILTER_HELP } from '../query-options.ts';
import { provenAt } from '../shown.ts';

/** `vsys db count DATABASE COLLECTION [FILTER]`. */
export function addDbCount(group: Command): void {
  addAtOption(addDatabaseOptions(group.command('count').description('prove how many documents there are')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('[filter]', FILTER_HELP, '{}')))
    .option('--json', 'as JSON')
    .action(async (named: string, collection: string, filter: string, { at, json }: { at?: number; json?: boolean }, command: Command) => {
      using open = await clientOf(command);
      const { count, block, proofBytes } = await open.client.count(await countQueryOf(command, open, named, collection, filter), { at });
      if (json) printJson({ tier: 'proven', block, proofBytes, count });
      else process.stdout.write(`${count}\n`);
      say(provenAt(block, proofBytes));
    });
}
