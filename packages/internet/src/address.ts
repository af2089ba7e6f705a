import { multiaddr } from '@multiformats/multiaddr';
import { accept, refuse } from '@vsys/primitives';
import type { PeerId, Refusal, Verdict } from '@vsys/primitives';
import { isDomainName, isPeerId } from './host-rules.ts';
import { reachOf } from './reach.ts';
import type { Reach } from './reach.ts';

/** Where a host listens or can be dialled; written as a multiaddr, as in `/ip4/10.1.2.3/tcp/9000/p2p/12D3…`. */
export interface Address {
  /** The canonical spelling. */
  readonly text: string;
  readonly transport: 'tcp' | 'ws' | 'wss' | 'memory';
  /** IP number, domain name or, in memory, a name; IPv6 without brackets. */
  readonly host: string;
  readonly hostKind: 'ip4' | 'ip6' | 'dns' | 'memory';
  /** 0 asks the system for a port; 0 as well in memory. */
  readonly port: number;
  /** Who must answer there, when the address says so. */
  readonly peer: PeerId | undefined;
  readonly reach: Reach;
}

export type AddressRefusal = 'INTERNET_ADDRESS_INVALID' | 'INTERNET_ADDRESS_UNSUPPORTED';

/** Longer text is refused unread. */
export const ADDRESS_CHARS_MAX: number = 512;

/** Reads a multiaddr over TCP, WebSocket (plain or TLS) or memory. Relays, QUIC, paths and the like are `INTERNET_ADDRESS_UNSUPPORTED`. */
export function parseAddress(text: string): Verdict<Address, AddressRefusal> {
  if (text.length > ADDRESS_CHARS_MAX) return refuse('INTERNET_ADDRESS_INVALID', `an address has at most ${ADDRESS_CHARS_MAX} characters, found ${text.length}`);
  let parts: readonly Part[];
  let canonical: string;
  try {
    const read = multiaddr(text);
    if (!read.getComponents().every(isOfOurRules)) return refuse('INTERNET_ADDRESS_INVALID', 'the address names a peer or a host that cannot be: expected a peer id as 12D3KooW…, a name as node.example.org');
    // Text alone is read without a look at the values of its parts; only to and from bytes they are all checked, and have one spelling.
    const parsed = multiaddr(read.bytes);
    parts = parsed.getComponents();
    canonical = parsed.toString();
  } catch {
    return refuse('INTERNET_ADDRESS_INVALID', 'the address is not a multiaddr, as /ip4/127.0.0.1/tcp/9000 is');
  }
  const route = [...parts];
  const peer = route.at(-1)?.name === 'p2p' ? route.pop()?.value : undefined;
  const first = route.shift();
  if (first?.value === undefined) return unsupported();
  if (first.name === 'memory') {
    return route.length > 0 ? unsupported() : accept({ text: canonical, transport: 'memory', host: first.value, hostKind: 'memory', port: 0, peer, reach: 'memory' });
  }
  const hostKind = HOST_KINDS[first.name];
  const port = route.shift();
  if (hostKind === undefined || port?.name !== 'tcp') return unsupported();
  const transport = TRANSPORTS[route.map((part) => part.name).join('/')];
  if (transport === undefined) return unsupported();
  return accept({ text: canonical, transport, host: first.value, hostKind, port: Number(port.value), peer, reach: reachOf(hostKind, first.value) });
}

/** Writes an address from its parts; the inverse of `parseAddress`. A wrong part is refused like wrong text. */
export function formatAddress(parts: { transport: Address['transport']; host: string; port: number; peer?: PeerId }): Verdict<Address, AddressRefusal> {
  const { transport, host, port, peer } = parts;
  const tail = peer === undefined ? '' : `/p2p/${peer}`;
  if (transport === 'memory') return parseAddress(`/memory/${host}${tail}`);
  const kind = host.includes(':') ? 'ip6' : /^[0-9.]+$/.test(host) ? 'ip4' : 'dns';
  return parseAddress(`/${kind}/${host}/tcp/${port}${SUFFIX[transport]}${tail}`);
}

interface Part {
  readonly name: string;
  readonly value?: string;
}

const HOST_KINDS: Readonly<Record<string, 'ip4' | 'ip6' | 'dns'>> = { ip4: 'ip4', ip6: 'ip6', dns: 'dns', dns4: 'dns', dns6: 'dns' };
const TRANSPORTS: Readonly<Record<string, 'tcp' | 'ws' | 'wss'>> = { '': 'tcp', ws: 'ws', wss: 'wss', 'tls/ws': 'wss' };
const SUFFIX = { tcp: '', ws: '/ws', wss: '/tls/ws' } as const;

function isOfOurRules({ name, value = '' }: Part): boolean {
  if (name === 'p2p') return isPeerId(value);
  return HOST_KINDS[name] !== 'dns' || isDomainName(value);
}

function unsupported(): Refusal<AddressRefusal> {
  return refuse('INTERNET_ADDRESS_UNSUPPORTED', 'expected /ip4, /ip6, /dns, /dns4 or /dns6 with /tcp, then nothing, /ws, /wss or /tls/ws; or /memory; then perhaps /p2p');
}
