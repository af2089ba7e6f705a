import type { Command } from 'commander';

/** One command as a shell needs to know it. */
export interface CompletionNode {
  /** Words from the program's name on, such as `vsys key new`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly CompletionOption[];
  /** Values of the first argument, where only some are possible. */
  readonly values: readonly string[];
}

export interface CompletionOption {
  /** With its dashes, such as `--json`. */
  readonly name: string;
  readonly about: string;
  readonly takesValue: boolean;
  /** Where only some are possible. */
  readonly values: readonly string[];
}

/** All commands below and with the given one, parents first. */
export function completionTree(command: Command, parent = ''): readonly CompletionNode[] {
  const path = parent === '' ? command.name() : `${parent} ${command.name()}`;
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const options = help.visibleOptions(command).map((option): CompletionOption => ({
    name: option.long ?? option.short ?? '', about: option.description, takesValue: option.required || option.optional, values: option.argChoices ?? [],
  }));
  const node = { path, commands: commands.map((one) => ({ name: one.name(), about: one.description() })), options, values: command.registeredArguments[0]?.argChoices ?? [] };
  return [node, ...commands.filter((one) => one.name() !== 'help').flatMap((one) => completionTree(one, path))];
}
