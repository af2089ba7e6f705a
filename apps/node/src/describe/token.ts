import { accountToHex } from '@vsys/crypto';
import { toHex } from '@vsys/primitives';
import type { TokenOperation } from '@vsys/token';

export function describeToken(operation: TokenOperation): string {
  switch (operation.kind) {
    case 'createFungible': return `creates the fungible ${operation.symbol} with ${operation.decimals} decimals and at most ${operation.cap} units${operation.isRestricted ? ', for holders on a list' : ''}`;
    case 'issue': return `issues ${operation.amount} of ${toHex(operation.token)} to ${accountToHex(operation.to)}`;
    case 'transfer': return `moves ${operation.amount} of ${toHex(operation.token)} from ${accountToHex(operation.from)} to ${accountToHex(operation.to)}`;
    case 'burn': return `burns ${operation.amount} of ${toHex(operation.token)} of ${accountToHex(operation.from)}`;
    case 'freeze': return `${operation.on ? 'freezes' : 'thaws'} what ${accountToHex(operation.holder)} has of ${toHex(operation.token)}`;
    case 'allow': return `${operation.on ? 'allows' : 'no longer allows'} ${accountToHex(operation.holder)} to hold ${toHex(operation.token)}`;
    case 'pause': return `${operation.on ? 'pauses' : 'lets move'} ${toHex(operation.token)}`;
    case 'createNonFungible': return `creates a non-fungible for ${accountToHex(operation.to)}, of hash ${toHex(operation.hash)}${operation.uri === '' ? '' : ` at ${operation.uri}`}`;
    case 'createAccount': return `creates the account "${operation.name}"`;
    case 'offer': return `offers ${toHex(operation.object)} to ${accountToHex(operation.to)}`;
    case 'accept': return `accepts ${toHex(operation.object)}`;
    case 'destroy': return `destroys ${toHex(operation.object)}`;
  }
}
