import type { Command } from 'commander';
import { feeBound } from '@vsys/client/cost';
import { accountToHex } from '@vsys/crypto';
import { ClientError } from '@vsys/rpc/client';
import { balanceKey, numberFromRecord, transfer } from '@vsys/transaction';
import { addClientOptions } from '../client-options.ts';
import { readAddress } from '../read-address.ts';
import { wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { provenAt } from '../shown.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';

/** `vsys tx transfer`. */
export function addTxTransfer(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('transfer').description('pay coins from the account of the key'))))
    .requiredOption('--to <address>', 'who receives: a V SYSTEMS address, or 0x and 40 digits')
    .requiredOption('--amount <units>', 'atomic units, a whole number', wholeBigint)
    .option('--json', 'as JSON')
    .action(({ to, amount }: { to: string; amount: bigint }, command: Command) => runWrite(command, async ({ client, signer, trust: { spec } }) => {
      const receiver = readAddress(to, spec.network, '--to');
      const operations = [transfer(receiver, amount)];
      const { balance, block } = await client.account(signer.account);
      const fee = feeBound(spec, operations);
      // The chain would refuse this too, and keep the fee.
      if (amount + fee > balance) throw new ClientError('COIN_INSUFFICIENT', `${accountToHex(signer.account)} holds ${balance}, ${provenAt(block)}; the transfer needs ${amount} and up to ${fee} of fee`);
      return {
        operations, fields: { from: accountToHex(signer.account), to: accountToHex(receiver), amount }, done: `paid ${amount} to ${accountToHex(receiver)}`,
        keys: [balanceKey(receiver)], shows: ([record]) => `the receiver holds ${numberFromRecord(record)}`,
      };
    }));
}
