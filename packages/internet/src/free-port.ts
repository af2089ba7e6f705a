import { createServer } from 'node:net';
import { accept, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';

export interface FreePort {
  readonly port: number;
  /** The busy ports on the way, to tell the operator. */
  readonly steppedOver: readonly number[];
}

export interface FreePortOptions {
  /** The address to listen on; `0.0.0.0` and `::` mean every interface. Default `127.0.0.1`. */
  readonly host?: string;
  /** First port to try. 0 lets the system choose. */
  readonly from: number;
  /** Ports to try. Default 20. */
  readonly triesMax?: number;
}

export type FreePortRefusal = 'INTERNET_PORTS_BUSY' | 'INTERNET_HOST_UNUSABLE';

const TRIES_MAX = 20;
const PORT_MAX = 65_535;

/** Looks for a port that can be listened on, by listening. Another process may take it before the caller does: then look again. */
export async function findFreePort({ host = '127.0.0.1', from, triesMax = TRIES_MAX }: FreePortOptions): Promise<Verdict<FreePort, FreePortRefusal>> {
  const steppedOver: number[] = [];
  for (let port = from; port <= PORT_MAX && steppedOver.length < triesMax; port++) {
    const tried = await tryPort(host, port);
    if (typeof tried === 'number') return accept({ port: tried, steppedOver });
    if (tried !== 'EADDRINUSE' && tried !== 'EACCES') return refuse('INTERNET_HOST_UNUSABLE', `cannot listen on ${host}: ${tried}`, { host, port, cause: tried });
    steppedOver.push(port);
  }
  return refuse('INTERNET_PORTS_BUSY', `${steppedOver.length} ports from ${from} are busy or forbidden`, { host, steppedOver });
}

/** The port that was listened on, or the system's error code. */
function tryPort(host: string, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : port));
    });
  });
}
