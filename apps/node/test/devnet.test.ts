import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { chainId } from '@vsys/data-format';
import { toHex } from '@vsys/primitives';
import { readConfig } from '../src/config.ts';
import { type Devnet, openDevnet } from '../src/devnet.ts';
import { readKeyFile } from '../src/key-file.ts';
import { consensusModule } from '../src/modules.ts';
import { createTestFolder, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeEach(async () => { folder = await createTestFolder(); });
afterEach(() => folder.remove());
/** As it was opened; the folder is free again for the next. */
async function open(consensus = 'spos', fresh = false): Promise<Devnet> {
  await using net = await openDevnet(folder.file('net'), consensus, { fresh });
  return net;
}

test.each(['spos', 'poa', 'bft'])('lays out four seats under %s that find each other', async (consensus) => {
  const net = await open(consensus);
  expect(net.isNew).toBe(true);
  expect(net.nodes).toHaveLength(4);
  expect(new Set(net.nodes.flatMap(({ p2pPort, rpcPort }) => [p2pPort, rpcPort])).size).toBe(8);
  const seats = JSON.stringify(consensusModule(consensus).paramsToJson(net.spec.consensus.params));
  for (const node of net.nodes) {
    const config = readConfig(node.configFile, {}, {}, { required: true });
    expect(config.file('chain.spec')).toBe(folder.file('net/chain.json'));
    expect(config.number('rpc.port')).toBe(node.rpcPort);
    expect(config.list('p2p.listen')).toEqual([`/ip4/127.0.0.1/tcp/${node.p2pPort}`]);
    expect(config.list('p2p.peers')).toEqual(net.nodes.filter((other) => other !== node).map(({ p2pPort }) => `/ip4/127.0.0.1/tcp/${p2pPort}`));
    const { signer } = await readKeyFile(config.files('seal.keys')[0] as string);
    expect(seats).toContain(toHex(signer.publicKey.bytes));
  }
  expect(net.spec.balances.map(({ account }) => toHex(account))).toEqual([toHex(net.ada.account)]);
  expect(toHex((await readKeyFile(net.adaKeyFile)).signer.account)).toBe(toHex(net.ada.account));
});

test('opens the same chain again, and another only when told to wipe it', async () => {
  const first = await open();
  await writeFile(folder.file('net/left'), 'x');
  const again = await open();
  expect([again.isNew, toHex(chainId(again.spec))]).toEqual([false, toHex(chainId(first.spec))]);
  await expect(open('poa')).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/--consensus spos.*--fresh/) });
  const fresh = await open('poa', true);
  expect([fresh.isNew, fresh.spec.consensus.module]).toEqual([true, 'poa@1']);
});

test('is open once at a time, and wiped by its holder only', async () => {
  await using net = await openDevnet(folder.file('net'), 'spos', { fresh: false });
  await expect(openDevnet(folder.file('net'), 'spos', { fresh: true })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  expect((await readKeyFile(net.adaKeyFile)).signer.account).toEqual(net.ada.account);
});

test('steps over a busy port and says so; the other nodes learn the new one', async () => {
  const { nodes: [first] } = await open();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(first!.p2pPort, '127.0.0.1', resolve));
  try {
    const net = await open();
    expect(net.steppedOver).toContain(first!.p2pPort);
    expect(net.nodes.map(({ p2pPort }) => p2pPort)).not.toContain(first!.p2pPort);
    const peers = readConfig(net.nodes[1]!.configFile, {}, {}).list('p2p.peers');
    expect(peers).toContain(`/ip4/127.0.0.1/tcp/${net.nodes[0]!.p2pPort}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
