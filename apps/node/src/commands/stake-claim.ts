import type { Command } from 'commander';
import { claim, claimBond, leaseKey, stakeKey, stakeRecordFromBytes } from '@vsys/consensus-spos/ops';
import { balanceKey, numberFromRecord } from '@vsys/transaction';
import { AppError } from '../app-error.ts';
import { addClientOptions } from '../client-options.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { stakeChain } from '../stake-options.ts';
import { readLeaseNumber } from './stake-cancel.ts';

/** `vsys stake claim [NUMBER]`. */
export function addStakeClaim(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('claim').description('take the interest of a lease, which goes on, or the bond of a seat that is gone').argument('[number]', 'of the lease: see vsys stake show ADDRESS', readLeaseNumber))))
    .option('--bond', 'the bond instead')
    .option('--json', 'as JSON')
    .action((number: number | undefined, { bond }: { bond?: true }, command: Command) => runWrite(command, async ({ signer: { account }, trust: { spec } }) => {
      stakeChain(spec);
      if ((number === undefined) === (bond === undefined)) throw new AppError('USAGE', 'name a lease by its number, or give --bond: one of the two');
      const holds = (balance: Uint8Array | undefined): string => `the account holds ${numberFromRecord(balance)}`;
      if (number === undefined) {
        return {
          operations: [claimBond()], done: 'claimed the bond', keys: [balanceKey(account), stakeKey(account)],
          shows: ([balance, record]) => `${holds(balance)}, and a bond of ${record === undefined ? 0n : stakeRecordFromBytes(record).bond}`,
        };
      }
      return { operations: [claim(number)], fields: { lease: number }, done: `claimed the interest of lease ${number}`, keys: [balanceKey(account), leaseKey(account, number)], shows: ([balance]) => holds(balance) };
    }));
}
