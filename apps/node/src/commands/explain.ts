import type { Command } from 'commander';
import { explainCode, explainedCodes } from '@vsys/rpc';
import { AppError } from '../app-error.ts';
import { nearestOf } from '../config.ts';
import { printJson, printRows } from '../output.ts';

/** `vsys explain CODE`: what a code means, wherever in the platform it comes from. */
export function addExplainCommand(program: Command): void {
  program.command('explain').description('tell what an error code means, and what to do')
    .argument('[code]', 'such as TX_EXPIRED; without one, all are listed').option('--json', 'as JSON')
    .action((code: string | undefined, { json }: { json?: boolean }) => {
      const found = (code === undefined ? explainedCodes : [code.toUpperCase()]).map((one) => explainCode(one) ?? unknown(one));
      if (json) printJson(code === undefined ? found : found[0]);
      else if (code === undefined) printRows(found.map((one) => [one.code, one.cause]));
      else printRows(found.flatMap(({ code: name, cause, remedy }) => [['code', name], ['means', cause], ['to do', remedy]]));
    });
}

function unknown(code: string): never {
  const nearest = nearestOf(code, explainedCodes);
  throw new AppError('NOT_FOUND', `there is no code "${code}"${nearest === undefined ? '; vsys explain lists them all' : `; did you mean ${nearest}?`}`);
}
