import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { transactionId } from '@vsys/data-format';
import { equalBytes, toHex } from '@vsys/primitives';
import { ClientError } from '@vsys/rpc/client';
import { AppError } from '../app-error.ts';
import { addClientOptions, clientOf } from '../client-options.ts';
import { readTransaction } from '../describe-transaction.ts';
import { printJson, printRows } from '../output.ts';
import { jsonOf } from '../run-write.ts';
import { succeeded } from '../send-operations.ts';
import { addWaitOption, type WaitFor } from '../signer-options.ts';

/** `vsys tx send FILE`. */
export function addTxSend(group: Command): void {
  addWaitOption(addClientOptions(group.command('send').description('send a signed transaction; sending one again is harmless').argument('<file>', 'canonical bytes, as vsys tx sign writes them')))
    .option('--json', 'as JSON')
    .action(async (file: string, { wait, json }: { wait: WaitFor; json?: boolean }, command: Command) => {
      const bytes = await readBytesFile(file);
      const { body, bodyBytes } = readTransaction(bytes, file);
      using open = await clientOf(command);
      if (!equalBytes(body.chainId, open.chainId)) throw new ClientError('TX_WRONG_CHAIN', `${file} is signed for the chain ${toHex(body.chainId)}; the trusted one is ${toHex(open.chainId)}`);
      await open.client.follow();
      const [result] = await open.client.submit([bytes]);
      if (result !== undefined && 'error' in result) throw new ClientError(result.error.code, result.error.message, { remedy: result.error.remedy });
      const id = toHex(transactionId(bodyBytes));
      const known = result?.status === 'known' ? '; it had it already' : '';
      if (wait === 'pooled') return show(json, [['sent', `it waits in the node${known}`], ['transaction', id]], { transaction: id, status: 'pooled' });
      const included = succeeded(id, await open.client.waitFor(id, wait));
      show(json, [['sent', `taken into block ${included.height}${included.kind === 'final' ? ', which is final' : ''}, as the node says${known}; the fee was ${included.receipt.feePaid}`], ['transaction', id]], { transaction: id, ...jsonOf(included) });
    });
}

export async function readBytesFile(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new AppError('DATA_FILE', `cannot read ${path}; check the path and its rights`, { cause });
  }
}

function show(json: boolean | undefined, rows: readonly (readonly string[])[], fields: Readonly<Record<string, unknown>>): void {
  if (json) printJson(fields);
  else printRows(rows);
}
