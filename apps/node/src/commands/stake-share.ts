import type { Command } from 'commander';
import { setShare, stakeKey, stakeRecordFromBytes } from '@vsys/consensus-spos/ops';
import { addClientOptions } from '../client-options.ts';
import { wholeNumber } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { stakeChain } from '../stake-options.ts';

/** `vsys stake share PERMILLE`. */
export function addStakeShare(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('share').description('say how much of its rewards a supernode passes on to those who lease to it').argument('<permille>', 'thousandths, from 0 to 1000', wholeNumber(0, 1_000)))))
    .option('--json', 'as JSON')
    .action((permille: number, _, command: Command) => runWrite(command, async ({ signer: { account }, trust: { spec } }) => {
      const { stake: { shareNotice } } = stakeChain(spec);
      return {
        operations: [setShare(permille)], fields: { permille }, done: `set the share of lessors to ${permille} thousandths; where that is less than before, it holds ${shareNotice} blocks later`,
        keys: [stakeKey(account)], shows: ([bytes]) => {
          if (bytes === undefined) return 'the account is not enrolled';
          const { share, nextShare, nextShareAt } = stakeRecordFromBytes(bytes);
          return nextShareAt === 0 ? `the share is ${nextShare} thousandths` : `the share is ${share} thousandths, and ${nextShare} from block ${nextShareAt} on`;
        },
      };
    }));
}
