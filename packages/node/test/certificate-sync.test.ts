import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createInlineVerifier } from '@vsys/crypto';
import { type Block, blockId, chainId } from '@vsys/data-format';
import { createMemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, toHex, type VirtualTime } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { createNode, type Node } from '../src/index.ts';
import { bftHands } from './bft-hands.ts';
import { START_MS } from './support.ts';

const { setup, proposalOn, certificateOf } = bftHands(chainId);

/** Two nodes without keys: nothing is voted, so all that moves is what the test hands over and what sync carries. */
describe('two nodes that only follow bft@1', () => {
  let time: VirtualTime;
  let nodes: Node[];
  let logs: BlockLog[];
  let block: Block;

  async function settle<T>(promise: Promise<T>): Promise<T> {
    let open = true;
    void promise.finally(() => { open = false; });
    while (open) await rest(1);
    return promise;
  }
  /** Far less than the time after which peers are asked for their heads. */
  async function rest(ms = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed++) {
      time.advance(1);
      for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  beforeEach(async () => {
    time = createVirtualTime(START_MS + 60_000);
    const net = createMemoryNetwork({ seed: 1, time });
    logs = [createMemoryBlockLog(), createMemoryBlockLog()];
    nodes = [];
    for (const [i, log] of logs.entries()) {
      const records = new Map<string, Uint8Array>();
      const node = await createNode({ spec: setup.spec }, {
        consensus: setup.module, containers: [], store: createMemoryStore(), log, network: net.createHost(`n${i}`), verifier: createInlineVerifier(), signers: [],
        durable: { load: async (name) => records.get(name), save: async (name, bytes) => void records.set(name, bytes) }, clock: time, timers: time,
      });
      await node.start();
      nodes.push(node);
    }
    block = await proposalOn(nodes[0]!.chain);
  });
  afterEach(async () => {
    for (const node of nodes) await settle(node.stop());
  });
  const join = async (): Promise<void> => {
    await settle(nodes[1]!.network.dial('/memory/n0'));
    await rest();
  };
  const here = (): boolean => nodes[1]!.chain.isUncertified(blockId(block.header));

  test('a block that waits gets its certificate in catch-up, without its body', async () => {
    await nodes[0]!.chain.importBlock({ ...block, seal: certificateOf(block) });
    await nodes[1]!.chain.importBlock(block, 'candidate');
    await join();
    expect([nodes[1]!.chain.head.height, nodes[1]!.chain.final.height]).toEqual([1, 1]);
    // The block, and the record of its certificate.
    expect(logs[1]!.next).toBe(2);
    expect((await nodes[1]!.chain.at(1))?.seal).toEqual(certificateOf(block));
  });

  test('blocks come with the certificates of their headers', async () => {
    await nodes[0]!.chain.importBlock(block, 'candidate');
    await nodes[0]!.chain.certify(blockId(block.header), certificateOf(block));
    await join();
    expect([nodes[1]!.chain.head.height, nodes[1]!.chain.final.height, logs[1]!.next]).toEqual([1, 1, 1]);
  });

  test('a proposal is gossiped, taken by the engine, and not head', async () => {
    await join();
    await nodes[0]!.chain.importBlock(block, 'candidate');
    await nodes[0]!.sync.publishBlock(block);
    await rest();
    expect([here(), nodes[1]!.chain.head.height]).toEqual([true, 0]);
  });

  test('a block that is named and missing is fetched by its id', async () => {
    await join();
    await nodes[0]!.chain.importBlock(block, 'candidate');
    expect(here()).toBe(false);
    nodes[1]!.sync.fetchBlock(nodes[0]!.network.self, blockId(block.header));
    await rest();
    expect(here()).toBe(true);
  });

  test('who hears that a peer is ahead looks at once, and believes only what is certified', async () => {
    await join();
    await nodes[0]!.chain.importBlock({ ...block, seal: certificateOf(block) });
    await rest();
    expect(nodes[1]!.chain.head.height).toBe(0);
    nodes[1]!.sync.claimed(nodes[0]!.network.self, 999);
    await rest();
    expect(toHex(nodes[1]!.chain.head.id)).toBe(toHex(blockId(block.header)));
    expect(nodes[1]!.sync.status().targetHeight).toBe(1);
  });

  test('a peer that sends what no engine sends is banned after some', async () => {
    await join();
    for (let i = 0; i < 12; i++) {
      await nodes[1]!.sync.sendConsensus(i % 2 === 0 ? undefined : nodes[0]!.network.self, Uint8Array.of(99, i)).catch(() => undefined);
      await rest(20);
    }
    expect(nodes[0]!.network.peers()).toEqual([]);
  });
});
