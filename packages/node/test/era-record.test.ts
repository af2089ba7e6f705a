import { describe, expect, test } from '@jest/globals';
import { createInlineVerifier, verifySignature } from '@vsys/crypto';
import { type ChainSpec, chainId } from '@vsys/data-format';
import type { ConsensusModule } from '@vsys/consensus';
import { createBft } from '@vsys/consensus-bft';
import { createEras, type EraRecord } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';
import { createMemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, toHex } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { createNode, type Node } from '../src/index.ts';
import { moduleParams, type ModuleKind, START_MS, testChain } from './support.ts';

const LAST = 4;
const modules = [createPoa, createSpos, createBft].map((create) => create({ verifySignature }) as ConsensusModule);

/** A chain of one era, and the record of another one that its operators agree on later. */
function chainOf(from: ModuleKind, to: ModuleKind): { readonly spec: ChainSpec; readonly seats: ReturnType<typeof testChain>['seats']; readonly record: EraRecord } {
  const { spec, seats } = testChain(from, 4);
  const list = seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) }));
  const params = createEras({ modules }).paramsFromJson({ eras: [{ module: `${from}@1`, params: moduleParams(from, 1_000, list) }] });
  const next = modules.find(({ id }) => id === `${to}@1`)?.paramsFromJson(moduleParams(to, 1_000, list));
  if (!params.ok || next?.ok !== true) throw new Error('the parameters do not hold');
  const own = { ...spec, consensus: { module: 'eras@1', params: params.value } };
  return { spec: own, seats, record: { chainId: chainId(own), lastHeight: LAST, module: `${to}@1`, params: next.value } };
}

/** One machine: what lies on its disk outlives its node. */
function machineOf({ spec, seats }: ReturnType<typeof chainOf>, network: ReturnType<typeof createMemoryNetwork>, time: ReturnType<typeof createVirtualTime>, i: number) {
  const [store, log, kept] = [createMemoryStore(), createMemoryBlockLog(), new Map<string, Uint8Array>()];
  return (records: readonly EraRecord[], host = `n${i}`): Promise<Node> => createNode({ spec }, {
    consensus: createEras({ modules, records }) as ConsensusModule, containers: [], store, log, network: network.createHost(host), verifier: createInlineVerifier(), signers: [seats[i]!],
    durable: { load: async (name) => kept.get(name), save: async (name, bytes) => void kept.set(name, bytes) }, clock: time, timers: time,
  });
}

const rest = async (): Promise<void> => { for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve)); };

describe.each([['poa', 'spos'], ['bft', 'poa'], ['spos', 'bft']] as const)('operators of a chain under %s agree on %s while it runs', (from, to) => {
  test('it changes, who has no record stops and says what to do, and goes on with it', async () => {
    const time = createVirtualTime(START_MS + 10);
    const network = createMemoryNetwork({ seed: 1, time, delayMs: [1, 20] });
    const chain = chainOf(from, to);
    const pass = async (ms: number, until: () => boolean = () => false): Promise<void> => {
      for (let passed = 0; passed < ms && !until(); passed += 25) {
        time.advance(25);
        await rest();
      }
    };
    const settle = async <T>(promise: Promise<T>): Promise<T> => {
      let isOpen = true;
      const done = promise.finally(() => { isOpen = false; });
      await pass(Number.POSITIVE_INFINITY, () => !isOpen);
      return done;
    };
    const machines = [0, 1, 2, 3].map((i) => machineOf(chain, network, time, i));
    const nodes: Node[] = [];
    for (const [i, compose] of machines.entries()) {
      const node = await compose(i === 3 ? [] : [chain.record]);
      await node.start();
      for (let other = 0; other < i; other++) await settle(node.network.dial(`/memory/n${other}`));
      nodes.push(node);
    }
    let failure: { readonly code: string; readonly message: string } | undefined;
    void nodes[3]!.failed.then(({ error }) => { failure = error; });
    await pass(60_000, () => failure !== undefined);
    expect(failure).toMatchObject({ code: 'CHAIN_RULES_MISSING', message: expect.stringMatching(/^after block 4 the chain goes on by the era record [0-9a-f]{64}, which is not here: get it/) });

    const again = await machines[3]!([chain.record], 'n3b');
    await again.start();
    for (let other = 0; other < 3; other++) await settle(again.network.dial(`/memory/n${other}`));
    await pass(60_000, () => [...nodes.slice(0, 3), again].every((node) => node.chain.final.height > LAST + 6));
    const all = [...nodes.slice(0, 3), again];
    expect(new Set(await Promise.all(all.map(async (node) => toHex((await node.chain.at(LAST + 5))!.header.stateRoot)))).size).toBe(1);
    expect((await again.chain.at(LAST + 1))?.header.ext[0]).toBe(3);
    for (const node of all) await settle(node.stop());
  }, 120_000);
});
