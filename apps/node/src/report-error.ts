import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { explainCode } from '@vsys/rpc';
import { exitCodeOf } from './app-error.ts';
import { checkpointFolder } from './checkpoint-file.ts';
import { say } from './output.ts';

/** One line on stderr, `error CODE: message`, never a stack. Returns the exit code. */
export function reportError(thrown: unknown): number {
  const error = causeOf(thrown);
  if (error instanceof CommanderError) {
    // Help and version were asked for and are out already; help without a command was not.
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') return exitCodeOf('USAGE');
    return report('USAGE', usageText(error.message));
  }
  const { code, message, remedy: own, data } = error as { code?: unknown; message?: unknown; remedy?: unknown; data?: { readonly reason?: unknown } };
  const remedy = data?.reason === 'HEADER_BELOW_CHECKPOINT' ? `use another node; if this chain was begun anew from the same spec, remove its checkpoint from ${checkpointFolder()}` : own;
  if (typeof code === 'string') {
    // Our own messages say what to do; what others refuse with has its remedy beside it, and of the server and of the builders of operations in the table.
    const toDo = remedy ?? (/^(?:RPC|DB)_/.test(code) ? explainCode(code)?.remedy : undefined);
    return report(code, `${String(message).replace(`${code}: `, '')}${toDo === undefined ? '' : `; ${String(toDo)}`}`);
  }
  return report('INTERNAL', `${String(message ?? error)}; this is a fault of vsys, not of what you typed: please report it`);
}

/** When closing what was open fails too, what went wrong first is what to tell. */
function causeOf(error: unknown): unknown {
  return error instanceof SuppressedError ? causeOf(error.suppressed) : error;
}

function report(code: string, message: string): number {
  // styleText looks for a terminal, and for NO_COLOR.
  say(`${styleText('red', 'error', { stream: process.stderr })} ${code}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`);
  return exitCodeOf(code);
}

/** Commander's own words, two lines when it has a suggestion. */
function usageText(message: string): string {
  const [found = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const meant = suggestion?.replace(/^\(Did (.*)\)$/, '; did $1') ?? '.';
  return `${found.replace(/\.$/, '')}${meant} See: vsys --help`;
}
