import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { addConfigOptions, configOf } from '../config-options.ts';
import type { ConfigValue } from '../config.ts';
import { printJson, printRows, say } from '../output.ts';
import { addNodeStart } from './node-start.ts';
import { addNodeStatus } from './node-status.ts';

/** `vsys node …`: the node of this folder. */
export function addNodeCommands(program: Command): void {
  const group = program.command('node').description('run a node, and look at how it is set');
  addNodeStart(group);
  addNodeStatus(group);
  addConfig(group);
}

function addConfig(group: Command): void {
  addConfigOptions(group.command('config').description('show every setting, its value, and where the value came from').option('--json', 'as JSON'))
    .action(({ json }: { json?: boolean }, command: Command) => {
      const { config, path } = configOf(command);
      const entries = [...config.entries.values()];
      if (json) return printJson(Object.fromEntries(entries.map(({ setting, value, source }) => [setting.path, { value, source }])));
      if (!existsSync(path)) say(`There is no ${path} here. Write one with: vsys init`);
      printRows([['SETTING', 'VALUE', 'FROM'], ...entries.map(({ setting, value, source }) => [setting.path, textOf(value), source])]);
    });
}

function textOf(value: ConfigValue): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : value.join(',') || '(none)';
}
