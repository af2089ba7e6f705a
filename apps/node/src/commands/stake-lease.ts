import type { Command } from 'commander';
import { lease, stakeKey, stakeRecordFromBytes } from '@vsys/consensus-spos/ops';
import { accountToHex } from '@vsys/crypto';
import { addClientOptions } from '../client-options.ts';
import { readAddress } from '../read-address.ts';
import { wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { stakeChain } from '../stake-options.ts';

/** `vsys stake lease`. */
export function addStakeLease(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('lease').description('set coins aside for a supernode: they count for it, stay yours, and come back with cancel'))))
    .requiredOption('--to <address>', 'whom they count for: a V SYSTEMS address, or 0x and 40 digits')
    .requiredOption('--amount <units>', 'atomic units, a whole number', wholeBigint)
    .option('--json', 'as JSON')
    .action(({ to, amount }: { to: string; amount: bigint }, command: Command) => runWrite(command, async ({ signer: { account }, trust: { spec } }) => {
      stakeChain(spec);
      const borrower = readAddress(to, spec.network, '--to');
      return {
        operations: [lease(borrower, amount)], fields: { from: accountToHex(account), to: accountToHex(borrower), amount }, done: `leased ${amount} to ${accountToHex(borrower)}`,
        keys: [stakeKey(account), stakeKey(borrower)],
        shows: ([own, theirs]) => (own === undefined || theirs === undefined ? 'no lease is there' : `the last lease of the account has number ${stakeRecordFromBytes(own).nextLease - 1}; ${stakeRecordFromBytes(theirs).leasedIn} are leased to ${accountToHex(borrower)} in all`),
      };
    }));
}
