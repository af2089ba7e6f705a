import { accountToHex } from '@vsys/crypto';
import type { NameOperation } from '@vsys/name';

export function describeName(operation: NameOperation): string {
  switch (operation.kind) {
    case 'reserve': return 'reserves a name, without telling which';
    case 'reveal': return `takes the name "${operation.name}", which was reserved, and pays for a term`;
    case 'renew': return `pays for a further term of the name "${operation.name}"`;
    case 'redeem': return `redeems the name "${operation.name}"`;
    case 'buy': return `buys the name "${operation.name}" at the price of its auction`;
    case 'offer': return `offers the name "${operation.name}" to ${accountToHex(operation.to)}`;
    case 'accept': return `accepts the name "${operation.name}"`;
    case 'setTarget': return `lets the name "${operation.name}" lead to ${accountToHex(operation.to)}`;
    case 'clearTarget': return `lets the name "${operation.name}" lead nowhere`;
    case 'setPrimary': return `goes by the name "${operation.name}"`;
    case 'setLocal': return `lets the local name "${operation.name}" lead to ${accountToHex(operation.to)}`;
    case 'clearLocal': return `gives up the local name "${operation.name}"`;
  }
}
