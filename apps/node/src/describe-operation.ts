import { type StakeOperation, stakeOperationFromPayload } from '@vsys/consensus-spos/ops';
import { accountToHex } from '@vsys/crypto';
import type { Operation } from '@vsys/data-format';
import { type DatabaseOperation, operationFromPayload } from '@vsys/database';
import { type IdentityOperation, operationFromPayload as identityOperationFromPayload } from '@vsys/identity';
import { toHex, uint64FromBytes } from '@vsys/primitives';
import { COIN } from '@vsys/transaction';
import { plural } from './shown.ts';

/** What an operation does, in one sentence made of its bytes alone. */
export function describeOperation({ container, payload, actor }: Operation): string {
  const does = container === COIN && payload.length === 28 ? `pays ${uint64FromBytes(payload, 20)} to ${accountToHex(payload.slice(0, 20))}` : container === 'database' ? databaseText(payload) : container === 'identity' ? identityText(payload) : container === 'spos' ? stakeText(payload) : unknown(container, payload);
  return actor === undefined ? does : `${does}, acting as ${accountToHex(actor)}`;
}

function databaseText(payload: Uint8Array): string {
  const read = operationFromPayload(payload);
  return read.ok ? textOf(read.value) : `${unknown('database', payload)} (${read.code})`;
}

function identityText(payload: Uint8Array): string {
  const read = identityOperationFromPayload(payload);
  return read.ok ? textOfIdentity(read.value) : `${unknown('identity', payload)} (${read.code})`;
}

function textOfIdentity(operation: IdentityOperation): string {
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

function stakeText(payload: Uint8Array): string {
  const read = stakeOperationFromPayload(payload);
  return read.ok ? textOfStake(read.value) : `${unknown('spos', payload)} (${read.code})`;
}

function textOfStake(operation: StakeOperation): string {
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

function keysText({ of, threshold }: { readonly of: readonly Uint8Array[]; readonly threshold: number }): string {
  return `${of.length === 1 ? 'key' : 'keys'} ${of.map(accountToHex).join(', ')}${of.length === 1 ? '' : `, of which ${threshold} must sign`}`;
}

function unknown(container: string, payload: Uint8Array): string {
  return `${container}: ${plural(payload.length, 'byte')} that are not known here`;
}

function textOf(operation: DatabaseOperation): string {
  if (operation.kind === 'createDatabase') return `creates the database "${operation.name}"`;
  const where = `${operation.collection} of database ${toHex(operation.database)}`;
  switch (operation.kind) {
    case 'createCollection': return `creates the collection ${where} with ${plural(operation.indexes.length, 'index', 'indexes')}`;
    case 'createIndex': return `adds the index "${operation.index.name}" to ${where}`;
    case 'insert': return `inserts ${plural(operation.documents.length, 'document')} into ${where}`;
    case 'replace': return `replaces a document of ${where}`;
    case 'upsert': return `replaces or inserts a document of ${where}`;
    case 'patch': return `changes ${plural(operation.steps.length, 'field')} of a document of ${where}${operation.orInsert ? ', which is made if it is not there' : ''}`;
    case 'delete': return `deletes a document of ${where}`;
  }
}
