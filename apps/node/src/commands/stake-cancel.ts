import type { Command } from 'commander';
import { cancelLease, leaseKey } from '@vsys/consensus-spos/ops';
import { addClientOptions } from '../client-options.ts';
import { wholeNumber } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { stakeChain } from '../stake-options.ts';

/** Of leases. */
export const readLeaseNumber: (text: string) => number = wholeNumber(0, 0xffff_ffff);

/** `vsys stake cancel NUMBER`. */
export function addStakeCancel(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('cancel').description('take the coins of a lease back, with their interest, at once').argument('<number>', 'of the lease: see vsys stake show ADDRESS', readLeaseNumber))))
    .option('--json', 'as JSON')
    .action((number: number, _, command: Command) => runWrite(command, async ({ signer: { account }, trust: { spec } }) => {
      stakeChain(spec);
      return {
        operations: [cancelLease(number)], fields: { lease: number }, done: `cancelled lease ${number}`,
        keys: [leaseKey(account, number)], shows: ([record]) => (record === undefined ? `there is no lease ${number} any more` : `lease ${number} is there`),
      };
    }));
}
