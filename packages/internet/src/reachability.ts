import type { Address } from './address.ts';
import { ip6Words } from './reach.ts';

/** What to expect from dialling an announced address; `elsewhere` names a machine or network that is not ours. */
export type Reachability = 'dialable' | 'self' | 'unusable' | 'elsewhere';

/**
 * Whether a host can expect to reach an address that a peer announced. Peers announce every interface they have, and a
 * dial to somebody's loopback or home network ends at a stranger or nowhere.
 *
 * - public: dialable.
 * - loopback: dialable only for a host that has nothing but loopback, as in a test network on one machine.
 * - private: dialable when one of our own addresses lies in the same /16 (IPv4) or /48 (IPv6), or, for a name, in any private range.
 * - memory: dialable for a host in memory.
 *
 * @param own - our own addresses as announced, not wildcards
 */
export function reachabilityOf(address: Address, own: readonly Address[]): Reachability {
  if (own.some((mine) => isSame(mine, address))) return 'self';
  if (address.reach === 'unusable' || (address.port === 0 && address.transport !== 'memory')) return 'unusable';
  return isNear(address, own) ? 'dialable' : 'elsewhere';
}

export function isDialable(address: Address, own: readonly Address[]): boolean {
  return reachabilityOf(address, own) === 'dialable';
}

function isSame(mine: Address, address: Address): boolean {
  if (mine.peer !== undefined && address.peer !== undefined) return mine.peer === address.peer;
  return mine.transport === address.transport && mine.host === address.host && mine.port === address.port;
}

function isNear(address: Address, own: readonly Address[]): boolean {
  switch (address.reach) {
    case 'public':
      return true;
    case 'loopback':
      return own.length > 0 && own.every((mine) => mine.reach === 'loopback');
    case 'private':
      return own.some((mine) => mine.reach === 'private' && (address.hostKind === 'dns' || networkOf(mine) === networkOf(address)));
    case 'memory':
      return own.some((mine) => mine.reach === 'memory');
    case 'unusable':
      return false;
  }
}

function networkOf(address: Address): string {
  if (address.hostKind === 'ip4') return address.host.split('.').slice(0, 2).join('.');
  if (address.hostKind === 'ip6') return ip6Words(address.host).slice(0, 3).join(':');
  return address.host;
}
