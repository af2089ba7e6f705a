import { type Command, Option } from 'commander';
import { type Config, readConfig } from './config.ts';
import { flagName, type Setting, settings } from './settings.ts';

/** The config file that is looked for where a command was typed. */
export const NODE_FILE = 'node.toml';
/** Where `vsys dev` keeps its chain unless told. */
export const DEV_FOLDER = '.vsys/dev';

/** Gives a command `--config` and one flag per setting. */
export function addConfigOptions(command: Command): Command {
  command.option('-c, --config <file>', 'config file', NODE_FILE);
  for (const setting of settings) command.addOption(settingOption(setting));
  return command;
}

function settingOption({ path, kind, choices, about }: Setting): Option {
  // No defaults here: what was not typed must leave the word to the environment and the file.
  const option = new Option(`${flagName(path)} <${kind === 'list' ? 'a,b' : kind}>`, about);
  return choices === undefined ? option : option.choices(choices);
}

/** The config as this command line, the environment and the file say it. A file that was named must be there. */
export function configOf(command: Command): { readonly config: Config; readonly path: string } {
  const path = command.getOptionValue('config') as string;
  const flags: Record<string, string> = {};
  for (const setting of settings) {
    const value = command.getOptionValue(new Option(flagName(setting.path)).attributeName()) as string | undefined;
    if (value !== undefined) flags[setting.path] = value;
  }
  return { config: readConfig(path, flags, process.env, { required: command.getOptionValueSource('config') === 'cli' }), path };
}
