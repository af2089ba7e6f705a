import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { fromHex } from '@vsys/primitives';
import { type Client, ClientError, type Included } from '@vsys/rpc/client';
import { balanceKey } from '@vsys/transaction';
import { AppError } from '../app-error.ts';
import { addClientOptions, clientOf } from '../client-options.ts';
import { describeTransaction, transactionRows } from '../describe-transaction.ts';
import { fetchBlock } from '../fetch-block.ts';
import { printJson, printRows } from '../output.ts';
import { readBytesFile } from './tx-send.ts';
import { idOf, rowsOf } from './tx-status.ts';

/** `vsys tx show FILE|ID`. */
export function addTxShow(group: Command): void {
  addClientOptions(group.command('show').description('tell what a transaction does, from its bytes').argument('<file or id>', 'a file of vsys tx sign, or the id of a transaction in a block'))
    .option('--json', 'as JSON')
    .action(async (named: string, { json }: { json?: boolean }, command: Command) => {
      if (existsSync(named)) {
        const described = await describeTransaction(await readBytesFile(named), named);
        if (json) printJson(described);
        else printRows(transactionRows(described));
        return;
      }
      if (!/^(?:0x)?[0-9a-fA-F]{64}$/.test(named)) throw new AppError('DATA_FILE', `there is no file ${named}, and the id of a transaction has 64 hexadecimal digits`);
      const id = idOf(named);
      using open = await clientOf(command);
      await open.client.follow();
      const status = await open.client.status(id);
      if (!('blockId' in status)) throw new AppError('NOT_FOUND', `transaction ${id} is in no block that the node knows; vsys tx status tells more`);
      const bytes = await bytesOf(open.client, id, status);
      const described = await describeTransaction(bytes, 'the answer');
      if (described.id !== id) throw new ClientError('CLIENT_BAD_ANSWER', `the node answered with the transaction ${described.id}`);
      using whole = status.height < open.since ? await clientOf(command, status.height) : undefined;
      const proven = await isOnChain((whole ?? open).client, status);
      if (json) printJson({ ...described, ...status, tier: proven ? 'proven' : 'claimed' });
      else printRows([...transactionRows(described), ...rowsOf(id, status).slice(1), ['shown', proven ? 'its place is proven under the verified header of the block; outcome and fee are the word of the node' : 'its content by its id; where it stands is the word of the node']]);
    });
}

/** The transaction out of the block that the node says holds it. */
async function bytesOf(client: Client, id: string, { blockId, index }: Included): Promise<Uint8Array> {
  const found = (await fetchBlock(client, fromHex(blockId))).transactions[index];
  if (found === undefined) throw new ClientError('CLIENT_BAD_ANSWER', `the block that the node says holds ${id} has no place ${index}`);
  return found;
}

/** Whether the block is on the branch that this client verified: any key of its state is asked for under its header. */
async function isOnChain(client: Client, { height, blockId }: Included): Promise<boolean> {
  try {
    return (await client.values([balanceKey(fromHex('00'.repeat(20)))], { at: height })).block.id === blockId;
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'RPC_OUTSIDE_WINDOW' || error.code === 'CLIENT_BEHIND')) return false;
    throw error;
  }
}
