import type { Command } from 'commander';
import { accountToHex } from '@vsys/crypto';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { addClientOptions, clientOf } from '../client-options.ts';
import { printJson, printRows, say } from '../output.ts';
import { readAddress } from '../read-address.ts';
import { provenAt } from '../shown.ts';
import { stakeChain } from '../stake-options.ts';
import { type AccountStake, accountStakeAt, seatsAt } from '../stake-view.ts';

/** `vsys stake show [ADDRESS]`. */
export function addStakeShow(group: Command): void {
  addClientOptions(group.command('show').description('show the seats with their holders, or what an account leases, holds and counts').argument('[address]', 'account; without it the seats'))
    .option('--json', 'as JSON')
    .action(async (address: string | undefined, { json }: { json?: boolean }, command: Command) => {
      using open = await clientOf(command);
      const { client, trust: { spec } } = open;
      const params = stakeChain(spec);
      if (address === undefined) {
        const { block, seats } = await seatsAt(client, params);
        const { window, reward, contendFee, contendMinimum, bond } = params.stake;
        if (json) printJson({ tier: 'proven', block, rules: { window, reward, contendFee, contendMinimum, bond }, seats: seats.map((seat) => ({ seat: seat.index, account: accountToHex(seat.account), mintKey: toHex(seat.mintKey), voteKey: toHex(seat.voteKey), mintingBalance: seat.minting })) });
        else printRows([['seat', 'account', 'minting balance', 'mint key'], ...seats.map((seat) => [String(seat.index), accountToHex(seat.account), String(seat.minting), toHex(seat.mintKey)])]);
        say(`seats are the multiples of ${params.gap} below ${params.slots}; a contest costs ${contendFee}, and a bond of ${bond} when it is won, by an account that has ${contendMinimum} after it; coins count in full after ${window} blocks; a block earns ${reward}`);
        say(provenAt(block));
        return;
      }
      const account = readAddress(address, spec.network, 'the address');
      const stake = await accountStakeAt(client, params, account);
      if (stake.record === undefined) throw new AppError('NOT_FOUND', `${accountToHex(account)} is not enrolled: ${provenAt(stake.block)}; it holds ${stake.balance}`);
      if (json) printJson({ tier: 'proven', block: stake.block, account: accountToHex(account), ...jsonOf(stake) });
      else printRows(rowsOf(accountToHex(account), stake));
      say(provenAt(stake.block));
    });
}

function jsonOf({ balance, effective, minting, record, leases, leasesFrom }: AccountStake): Readonly<Record<string, unknown>> {
  if (record === undefined) return { balance };
  const { seat, convicted, barredUntil, leasedIn, bond, bondFreeAt, share, nextShare, nextShareAt } = record;
  return {
    balance, effectiveBalance: effective, mintingBalance: minting, ...(seat === undefined ? {} : { seat }), convicted, barredUntil, leasedIn, bond, bondFreeAt, share, nextShare, nextShareAt, leasesFrom,
    leases: leases.map(({ id, lease, interest }) => ({ number: id, to: accountToHex(lease.to), amount: lease.amount, since: lease.height, interest })),
  };
}

function rowsOf(account: string, { block, balance, effective, minting, record, leases, leasesFrom }: AccountStake): string[][] {
  if (record === undefined) return [];
  const { seat, convicted, barredUntil, leasedIn, bond, bondFreeAt, share, nextShare, nextShareAt } = record;
  return [
    ['account', account], ['balance', String(balance)], ['leased to it', String(leasedIn)], ['effective', `${effective}, of which ${minting} count`],
    ['seat', seat === undefined ? 'none' : String(seat)],
    ...(convicted ? [['convicted', 'by evidence: it never holds a seat again']] : barredUntil > block.height ? [['barred', `from contending until block ${barredUntil}`]] : []),
    ...(bond === 0n ? [] : [['bond', seat === undefined ? `${bond}, free from block ${bondFreeAt} on` : `${bond}, while it holds the seat`]]),
    ['share', block.height >= nextShareAt ? `${nextShare} thousandths to its lessors` : `${share} thousandths to its lessors, ${nextShare} from block ${nextShareAt} on`],
    ...(leasesFrom > 0 ? [['leases', `those below number ${leasesFrom} were not looked up`]] : []),
    ...leases.map(({ id, lease, interest }) => [`lease ${id}`, `${lease.amount} to ${accountToHex(lease.to)} since block ${lease.height}, interest ${interest}`]),
  ];
}
