import { describe, test } from '@jest/globals';
import { systemClock, systemTimers } from '@vsys/primitives';
import type { P2pNetwork } from '@vsys/p2p';
import { p2pCompliance } from '@vsys/p2p/compliance';
import { createLibp2pNetwork } from '../src/index.ts';

// Real sockets on loopback: a mesh forms at heartbeats, and a slow machine takes its time.
const LAW_MS_MAX = 300_000;

describe.each([['TCP', '/ip4/127.0.0.1/tcp/0'], ['WebSocket', '/ip4/127.0.0.1/tcp/0/ws']])('libp2p over %s', (_name, listen) => {
  p2pCompliance({
    test: (name, law) => test(name, law, LAW_MS_MAX),
    async create() {
      const hosts: P2pNetwork[] = [];
      return {
        async createHost(limits = {}) {
          const host = await createLibp2pNetwork({ listen: [listen], limits }, { clock: systemClock, timers: systemTimers });
          hosts.push(host);
          return host;
        },
        pass: () => new Promise((resolve) => setTimeout(resolve, 5)),
        dispose: async () => void (await Promise.all(hosts.map((host) => host.stop()))),
      };
    },
  });
});
