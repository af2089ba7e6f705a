import type { Command } from 'commander';
import { addStakeCancel } from './stake-cancel.ts';
import { addStakeClaim } from './stake-claim.ts';
import { addStakeContend } from './stake-contend.ts';
import { addStakeEnroll } from './stake-enroll.ts';
import { addStakeKeys } from './stake-keys.ts';
import { addStakeLease } from './stake-lease.ts';
import { addStakeRelease } from './stake-release.ts';
import { addStakeShare } from './stake-share.ts';
import { addStakeShow } from './stake-show.ts';

/** `vsys stake …`: leases and seats of a chain under spos. */
export function addStakeCommands(program: Command): void {
  const group = program.command('stake').description('lease coins to supernodes, and contend for their seats');
  for (const add of [addStakeShow, addStakeEnroll, addStakeLease, addStakeCancel, addStakeClaim, addStakeContend, addStakeRelease, addStakeKeys, addStakeShare]) add(group);
}
