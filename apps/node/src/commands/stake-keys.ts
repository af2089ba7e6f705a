import type { Command } from 'commander';
import { SEAT_LIST_KEY, setKeys } from '@vsys/consensus-spos/ops';
import { equalBytes, toHex } from '@vsys/primitives';
import { addClientOptions } from '../client-options.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { readPublicKey, stakeChain } from '../stake-options.ts';
import { readSeats } from '../stake-view.ts';

/** `vsys stake keys`. */
export function addStakeKeys(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('keys').description('give the seat of the account other keys, in force when the seats change'))))
    .requiredOption('--mint-key <key>', 'public key that shall seal its blocks, of 64 digits, or a key file')
    .option('--vote-key <key>', 'public key that shall vote for it; without it the same')
    .option('--json', 'as JSON')
    .action(({ mintKey, voteKey = mintKey }: { mintKey: string; voteKey?: string }, command: Command) => runWrite(command, async ({ signer: { account }, trust: { spec } }) => {
      stakeChain(spec);
      const [mint, vote] = [await readPublicKey(mintKey, '--mint-key'), await readPublicKey(voteKey, '--vote-key')];
      return {
        operations: [setKeys(mint, vote)], fields: { mintKey: toHex(mint), voteKey: toHex(vote) }, done: 'gave the seat other keys; the old ones seal and vote until the seats change',
        keys: [SEAT_LIST_KEY], shows: ([list]) => {
          const seat = readSeats(list).find((one) => equalBytes(one.account, account));
          return seat === undefined ? 'the account holds no seat' : `seat ${seat.index} has the mint key ${toHex(seat.mintKey)}`;
        },
      };
    }));
}
