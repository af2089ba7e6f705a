import type { IncomingMessage } from 'node:http';
import { refuse, type Refusal } from '@vsys/primitives';

export interface Allowed {
  /** Names that a request may give in `Host`, without a port. */
  readonly hosts: ReadonlySet<string>;
  /** Whole origins, such as `https://wallet.example`, or `*`. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Keeps web pages that the user happens to visit away from a node on the same machine: by the name that they resolved (`Host`), and by
 * where they come from (`Origin`). Programs that are no browser send no origin.
 */
export function checkHost({ headers: { host, origin } }: IncomingMessage, { hosts, origins }: Allowed): Refusal<'RPC_HOST'> | undefined {
  if (!hosts.has(nameOf(host ?? ''))) return refuse('RPC_HOST', 'this host name is not served');
  if (origin === undefined || origins.has('*') || origins.has(origin)) return undefined;
  return refuse('RPC_HOST', 'pages of this origin are not served');
}

/** `localhost:9930` → `localhost`, `[::1]:9930` → `[::1]`. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
