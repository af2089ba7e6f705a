import { accountToHex } from '@vsys/crypto';
import type { IdentityOperation } from '@vsys/identity';
import { toHex } from '@vsys/primitives';
import { plural } from '../shown.ts';

export function describeIdentity(operation: IdentityOperation): string {
  switch (operation.kind) {
    case 'createAvatar': return `creates an avatar of ${keysText(operation.keys)}${operation.guardians === undefined ? ', without guardians' : `, guarded by ${operation.guardians.threshold} of ${plural(operation.guardians.of.length, 'guardian')}`}`;
    case 'setKeys': return `gives the avatar the ${keysText(operation.keys)}`;
    case 'setGuardians': return `gives the avatar ${plural(operation.guardians.of.length, 'guardian')}, of whom ${operation.guardians.threshold} recover it after ${plural(operation.guardians.delay, 'block')}`;
    case 'recover': return `begins to recover avatar ${toHex(operation.avatar)} with the ${keysText(operation.keys)}`;
    case 'cancelRecovery': return 'cancels the recovery of the avatar';
    case 'finishRecovery': return `finishes the recovery of avatar ${toHex(operation.avatar)}`;
    case 'createOrganisation': return `creates an organisation of ${plural(operation.members.length, 'member')} and ${plural(operation.rules.length, 'rule')}`;
    case 'setOrganisation': return `gives the organisation ${plural(operation.members.length, 'member')} and ${plural(operation.rules.length, 'rule')}`;
  }
}

function keysText({ of, threshold }: { readonly of: readonly Uint8Array[]; readonly threshold: number }): string {
  return `${of.length === 1 ? 'key' : 'keys'} ${of.map(accountToHex).join(', ')}${of.length === 1 ? '' : `, of which ${threshold} must sign`}`;
}
