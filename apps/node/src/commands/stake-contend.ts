import type { Command } from 'commander';
import { contend, SEAT_LIST_KEY } from '@vsys/consensus-spos/ops';
import { accountToHex } from '@vsys/crypto';
import { equalBytes } from '@vsys/primitives';
import { ClientError } from '@vsys/rpc/client';
import { AppError } from '../app-error.ts';
import { addClientOptions } from '../client-options.ts';
import { wholeNumber } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { provenAt } from '../shown.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';
import { readPublicKey, stakeChain } from '../stake-options.ts';
import { accountStakeAt, readSeats } from '../stake-view.ts';

/** `vsys stake contend SEAT`. */
export function addStakeContend(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('contend').description('contend for a seat: the fee is burned whatever comes out').argument('<seat>', 'index of the seat: see vsys stake show', wholeNumber(0, 0xffff)))))
    .requiredOption('--mint-key <key>', 'public key that shall seal its blocks, of 64 digits, or a key file')
    .option('--vote-key <key>', 'public key that shall vote for it; without it the same')
    .option('--json', 'as JSON')
    .action((seat: number, { mintKey, voteKey = mintKey }: { mintKey: string; voteKey?: string }, command: Command) => runWrite(command, async ({ client, signer: { account }, trust: { spec } }) => {
      const params = stakeChain(spec);
      const { contendFee, contendMinimum, bond } = params.stake;
      const [mint, vote] = [await readPublicKey(mintKey, '--mint-key'), await readPublicKey(voteKey, '--vote-key')];
      const { block, record, effective, balance } = await accountStakeAt(client, params, account);
      const who = `${accountToHex(account)}, ${provenAt(block)},`;
      // What would be lost for certain is not sent: the chain would burn the fee.
      if (record === undefined) throw new ClientError('SPOS_NOT_ENROLLED', `${who} is not enrolled, so its coins do not count`);
      if (balance < contendFee + bond) throw new ClientError('SPOS_INSUFFICIENT', `${who} holds ${balance}; fee and bond are ${contendFee + bond}`);
      if (effective - contendFee < contendMinimum) throw new AppError('REFUSED', `${who} would have ${effective - contendFee} after the fee of ${contendFee}, and a contender needs ${contendMinimum}; fund it, or have coins leased to it`);
      const isHolder = (list: Uint8Array | undefined): boolean => readSeats(list).some((one) => one.index === seat && equalBytes(one.account, account));
      return {
        operations: [contend(seat, mint, vote)], fields: { seat, account: accountToHex(account), fee: contendFee }, done: `contended for seat ${seat}, for ${contendFee}, which are burned`,
        keys: [SEAT_LIST_KEY], shows: ([list]) => (isHolder(list) ? `seat ${seat} is held by this account; it seals blocks when the seats change` : `seat ${seat} is not held by this account: the contest was lost`),
        isAchieved: ([list]) => isHolder(list),
      };
    }));
}
