import { describe, expect, test } from '@jest/globals';
import { createVirtualTime } from '@vsys/primitives';
import { failedLaws } from '@vsys/primitives/compliance';
import { p2pCompliance } from '../src/compliance.ts';
import type { DefineTest, P2pBench } from '../src/compliance.ts';
import { createMemoryNetwork } from '../src/index.ts';
import type { P2pNetwork } from '../src/index.ts';
import { brokenNetworks } from './broken-twins.ts';

/** Hosts in memory on virtual time. */
function createMemoryBench(): P2pBench {
  const time = createVirtualTime();
  const network = createMemoryNetwork({ seed: 1, time });
  const hosts: P2pNetwork[] = [];
  return {
    async createHost(limits = {}) {
      const host = network.createHost(`h${hosts.length}`, { limits });
      hosts.push(host);
      return host;
    },
    async pass() {
      time.advance(2);
      await new Promise((resolve) => setImmediate(resolve));
    },
    async dispose() {
      for (const host of hosts) await host.stop();
    },
  };
}

describe('the network in memory', () => {
  p2pCompliance({ test, create: async () => createMemoryBench() });
});

describe('the suite fails a network that', () => {
  for (const [fault, law, breakBench] of brokenNetworks) {
    test(`${fault}: "${law}"`, async () => {
      const only = (define: DefineTest): DefineTest => (name, run) => { if (name === law) define(name, run); };
      expect(await failedLaws((one) => p2pCompliance({ test: only(one), create: async () => breakBench(createMemoryBench()) }))).toEqual([law]);
    });
  }
});
