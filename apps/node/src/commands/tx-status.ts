import { type Command, Option } from 'commander';
import { explainCode, type TransactionStatusJson } from '@vsys/rpc';
import type { Stage } from '@vsys/rpc/client';
import { AppError, exitCodeOf } from '../app-error.ts';
import { addClientOptions, clientOf } from '../client-options.ts';
import { printJson, printRows } from '../output.ts';
import { wholeNumber } from '../read-value.ts';

/** `vsys tx status ID`. */
export function addTxStatus(group: Command): void {
  addClientOptions(group.command('status').description('tell where a transaction stands, as the node says').argument('<id>', '64 hexadecimal digits'))
    .addOption(new Option('--wait <stage>', 'wait until it is in a block, in one that the consensus module holds to stay, or in a final one').choices(['included', 'safe', 'final']))
    .option('--timeout <seconds>', 'how long to wait', wholeNumber(1, 86_400), 60)
    .option('--json', 'as JSON')
    .action(async (typed: string, { wait, timeout, json }: { wait?: Stage; timeout: number; json?: boolean }, command: Command) => {
      const id = idOf(typed);
      using open = await clientOf(command);
      await open.client.follow();
      const now = await open.client.status(id);
      if (now.kind === 'unknown' && wait === undefined) throw new AppError('NOT_FOUND', `the node knows no transaction ${id}; it was never sent here, or was lost before a block took it: send it again, which is harmless`);
      const status = wait === undefined || now.kind === 'dropped' ? now : await open.client.waitFor(id, wait, { timeoutMs: 1_000 * timeout });
      if (json) printJson({ transaction: id, ...status });
      else printRows(rowsOf(id, status));
      // For scripts: what failed is no success.
      if (status.kind === 'dropped') process.exitCode = exitCodeOf('REFUSED');
      if ('receipt' in status && status.receipt.status === 'failed') process.exitCode = exitCodeOf('REFUSED');
    });
}

/** @throws AppError USAGE */
export function idOf(typed: string): string {
  const id = typed.toLowerCase().replace(/^0x/, '');
  if (!/^[0-9a-f]{64}$/.test(id)) throw new AppError('USAGE', `the id of a transaction has 64 hexadecimal digits; found "${typed}"`);
  return id;
}

const STANDING = { included: 'in a block that is not final yet', safe: 'in a block that is held to stay, and not final yet', final: 'in a final block' } as const;

export function rowsOf(id: string, status: TransactionStatusJson): string[][] {
  const rows = [['transaction', id]];
  switch (status.kind) {
    case 'unknown': return [...rows, ['status', 'not known to the node']];
    case 'pooled': return [...rows, ['status', 'waits in the node for a block']];
    case 'dropped': return [...rows, ['status', `dropped: ${explained(status.code)}`]];
    case 'included': case 'safe': case 'final': {
      const { status: done, code, feePaid, gasUsed } = status.receipt;
      return [
        ...rows, ['status', STANDING[status.kind]], ['block', `${status.height}, place ${status.index}, ${status.blockId}`],
        ['outcome', done === 'ok' ? 'did what it says' : `failed: ${explained(code)}`], ['fee', `${feePaid}, gas used ${gasUsed}`],
      ];
    }
  }
}

function explained(code: string): string {
  const found = explainCode(code);
  return found === undefined ? code : `${code}, ${found.cause}; ${found.remedy}`;
}
