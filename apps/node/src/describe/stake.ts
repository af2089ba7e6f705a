import type { StakeOperation } from '@vsys/consensus-spos/ops';
import { accountToHex } from '@vsys/crypto';
import { toHex } from '@vsys/primitives';
import { plural } from '../shown.ts';

export function describeStake(operation: StakeOperation): string {
  switch (operation.kind) {
    case 'enroll': return 'enrols the account, so that its coins count';
    case 'lease': return `leases ${operation.amount} to ${accountToHex(operation.to)}`;
    case 'cancelLease': return `cancels lease ${operation.id}`;
    case 'contend': return `contends for seat ${operation.seat} with the mint key ${toHex(operation.mintKey)} and the vote key ${toHex(operation.voteKey)}`;
    case 'release': return `releases seat ${operation.seat}`;
    case 'setKeys': return `gives the seat the mint key ${toHex(operation.mintKey)} and the vote key ${toHex(operation.voteKey)}`;
    case 'setShare': return `passes ${operation.permille} thousandths of the rewards on to lessors`;
    case 'claim': return `claims the interest of lease ${operation.id}`;
    case 'claimBond': return 'claims the bond of a seat that is gone';
    case 'evidence': return `brings evidence of ${plural(operation.proof.length, 'byte')} against a seat`;
  }
}
