import type { Command } from 'commander';
import { enroll, stakeKey } from '@vsys/consensus-spos/ops';
import { accountToHex } from '@vsys/crypto';
import { addClientOptions } from '../client-options.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { stakeChain } from '../stake-options.ts';

/** `vsys stake enroll`. */
export function addStakeEnroll(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('enroll').description('let the coins of the account count from now on, as contending for a seat asks'))))
    .option('--json', 'as JSON')
    .action((_, command: Command) => runWrite(command, async ({ signer: { account }, trust: { spec } }) => {
      const { stake: { window } } = stakeChain(spec);
      return {
        operations: [enroll()], fields: { account: accountToHex(account) }, done: `enrolled ${accountToHex(account)}: its coins count in full after ${window} blocks`,
        keys: [stakeKey(account)], shows: ([record]) => (record === undefined ? 'it is not enrolled' : 'it is enrolled'),
      };
    }));
}
