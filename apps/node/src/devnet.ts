import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, type Signer } from '@vsys/crypto';
import { type ChainSpec, chainSpecToJson } from '@vsys/data-format';
import { findFreePort } from '@vsys/internet';
import { lockFolder } from '@vsys/store-rocksdb';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { publicSecret } from './public-secret.ts';
import { createSpec, readSpecFile } from './spec-file.ts';
import { writeConfigText } from './config.ts';
import { AppError } from './app-error.ts';

export interface DevnetNode {
  readonly name: string;
  readonly folder: string;
  readonly configFile: string;
  readonly p2pPort: number;
  readonly rpcPort: number;
  readonly rpcUrl: string;
  readonly logFile: string;
}

/** Holds the folder against a second network until it is disposed of. */
export interface Devnet extends AsyncDisposable {
  readonly folder: string;
  readonly spec: ChainSpec;
  readonly nodes: readonly DevnetNode[];
  /** Holds all the coins. Its key is public: everybody can make it from the word "ada". */
  readonly ada: Signer;
  readonly adaKeyFile: string;
  /** Ports that were taken by somebody else. */
  readonly steppedOver: readonly number[];
  readonly isNew: boolean;
}

const P2P_PORT = 9_920;
const RPC_PORT = 9_930;
const NODES = 4;
const ADA_KEY = 'ada.key';

/**
 * Four seats in a folder: written when it is new, read when it is not. Ports are looked for at every start.
 *
 * @throws AppError; StoreError `STORE_LOCKED` while another process has the network open
 */
export async function openDevnet(folder: string, consensus: string, { fresh, modules = [] }: { fresh: boolean; modules?: readonly string[] }): Promise<Devnet> {
  await mkdir(folder, { recursive: true });
  await using undo = new AsyncDisposableStack();
  undo.defer(await lockFolder(folder));
  if (fresh) await wipe(folder);
  const folders = Array.from({ length: NODES }, (_, i) => join(folder, `node-${i + 1}`));
  await writeKeys(folder, folders);
  const specFile = join(folder, 'chain.json');
  const isNew = !existsSync(specFile);
  const ada = createSigner('ed25519', publicSecret('ada'));
  if (isNew) {
    const seats = await Promise.all(folders.map(async (one) => (await readKeyFile(join(one, 'seal.key'))).signer));
    // A second back, so that the first slot is not already over when the nodes are up.
    const genesisTimeMs = Math.floor(Date.now() / 1_000) * 1_000 - 1_000;
    const spec = createSpec({ name: 'orchid', network: 'test', consensus, slotMs: 1_000, genesisTimeMs, seats, balances: [{ account: ada.account, amount: 1_000_000_000_000_000n }] });
    await writeFile(specFile, chainSpecToJson(spec));
  }
  const spec = await readSpecFile(specFile);
  if (!spec.consensus.module.startsWith(`${consensus}@`)) {
    throw new AppError('USAGE', `${folder} holds a chain under ${spec.consensus.module}; start it with --consensus ${spec.consensus.module.split('@')[0]}, or wipe it with --fresh`);
  }
  const { ports, steppedOver } = await findPorts();
  const nodes = folders.map((nodeFolder, i): DevnetNode => {
    const rpcPort = ports[2 * i + 1] as number;
    return {
      name: `node-${i + 1}`, folder: nodeFolder, configFile: join(nodeFolder, 'node.toml'), logFile: join(nodeFolder, 'node.log'),
      p2pPort: ports[2 * i] as number, rpcPort, rpcUrl: `http://127.0.0.1:${rpcPort}`,
    };
  });
  for (const node of nodes) {
    const peers = nodes.filter((other) => other !== node).map((other) => `/ip4/127.0.0.1/tcp/${other.p2pPort}`);
    await writeFile(node.configFile, writeConfigText({
      'chain.spec': '../chain.json', 'consensus.modules': modules, 'p2p.listen': [`/ip4/127.0.0.1/tcp/${node.p2pPort}`], 'p2p.peers': peers, 'rpc.port': node.rpcPort, 'seal.keys': ['seal.key'],
    }));
    // The log of a run, not of all of them.
    await rm(node.logFile, { force: true });
  }
  const open = undo.move();
  return { folder, spec, nodes, ada, adaKeyFile: join(folder, ADA_KEY), steppedOver, isNew, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** All but the lock that is held. */
async function wipe(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (!name.startsWith('LOCK')) await rm(join(folder, name), { recursive: true, force: true });
}

async function writeKeys(folder: string, nodeFolders: readonly string[]): Promise<void> {
  for (const [i, nodeFolder] of nodeFolders.entries()) {
    await mkdir(nodeFolder, { recursive: true });
    if (!existsSync(join(nodeFolder, 'seal.key'))) await createKeyFile(join(nodeFolder, 'seal.key'), 'ed25519', publicSecret(`seat ${i}`));
    if (!existsSync(join(nodeFolder, 'p2p.key'))) await createKeyFile(join(nodeFolder, 'p2p.key'));
  }
  if (!existsSync(join(folder, ADA_KEY))) await createKeyFile(join(folder, ADA_KEY), 'ed25519', publicSecret('ada'));
}

async function findPorts(): Promise<{ ports: number[]; steppedOver: number[] }> {
  const ports: number[] = [];
  const steppedOver: number[] = [];
  for (let i = 0; i < 2 * NODES; i++) {
    const from = Math.max(i % 2 === 0 ? P2P_PORT : RPC_PORT, 1 + (ports.filter((_, at) => at % 2 === i % 2).at(-1) ?? 0));
    const found = await findFreePort({ host: '127.0.0.1', from, triesMax: 200 });
    if (!found.ok) throw new AppError('PORT_BUSY', found.message);
    // The two ranges meet when many ports are taken.
    if (ports.includes(found.value.port)) throw new AppError('PORT_BUSY', `ports from ${P2P_PORT} on are too crowded; end what listens there`);
    ports.push(found.value.port);
    steppedOver.push(...found.value.steppedOver);
  }
  return { ports, steppedOver };
}
