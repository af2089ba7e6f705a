import type { Command } from 'commander';
import { release, SEAT_LIST_KEY } from '@vsys/consensus-spos/ops';
import { addClientOptions } from '../client-options.ts';
import { wholeNumber } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { plural } from '../shown.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { stakeChain } from '../stake-options.ts';
import { readSeats } from '../stake-view.ts';

/** `vsys stake release SEAT`. */
export function addStakeRelease(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('release').description('give up the seat that the account holds').argument('<seat>', 'index of the seat', wholeNumber(0, 0xffff)))))
    .option('--json', 'as JSON')
    .action((seat: number, _, command: Command) => runWrite(command, async ({ trust: { spec } }) => {
      stakeChain(spec);
      return {
        operations: [release(seat)], fields: { seat }, done: `released seat ${seat}, which seals blocks until the seats change`,
        keys: [SEAT_LIST_KEY], shows: ([list]) => `${plural(readSeats(list).length, 'seat is', 'seats are')} occupied`,
      };
    }));
}
