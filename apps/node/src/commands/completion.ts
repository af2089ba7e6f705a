import { Argument, type Command } from 'commander';
import { bashCompletion, fishCompletion, zshCompletion } from '../completion-scripts.ts';
import { completionTree } from '../completion-tree.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `vsys completion SHELL`: made from the tree of commands as it is, so that no command can be forgotten. */
export function addCompletionCommand(program: Command): void {
  program.command('completion').description('print a script that lets a shell complete commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(shells)))
    .addHelpText('after', `
To use it:
  bash   vsys completion bash > ~/.local/share/bash-completion/completions/vsys
  zsh    vsys completion zsh > "\${fpath[1]}/_vsys"
  fish   vsys completion fish > ~/.config/fish/completions/vsys.fish`)
    .action((shell: keyof typeof shells) => {
      process.stdout.write(shells[shell](completionTree(program)));
    });
}
