import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { createSigner, type Signer } from '@vsys/crypto';
import { type ChainSpec, chainSpecToJson } from '@vsys/data-format';
import { findFreePort } from '@vsys/internet';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { createSpec, readSpecFile } from './spec-file.ts';
import { writeConfigText } from './config.ts';
import { AppError } from './app-error.ts';

export interface DevnetNode {
  readonly name: string;
  readonly folder: string;
  readonly configFile: string;
  readonly p2pPort: number;
  readonly rpcPort: number;
}

export interface Devnet {
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

const testSecret = (word: string): Uint8Array => new Uint8Array(createHash('sha256').update(`v devnet ${word}`).digest());

/**
 * Four seats in a folder: written when it is new, read when it is not. Ports are looked for at every start.
 */
export async function openDevnet(folder: string, consensus: string, { fresh }: { fresh: boolean }): Promise<Devnet> {
  if (fresh) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const specFile = join(folder, 'chain.json');
  const adaKeyFile = join(folder, 'ada.key');
  const isNew = !existsSync(specFile);
  const ada = createSigner('ed25519', testSecret('ada'));
  const folders = Array.from({ length: NODES }, (_, i) => join(folder, `node-${i + 1}`));
  for (const [i, nodeFolder] of folders.entries()) {
    await mkdir(nodeFolder, { recursive: true });
    if (!existsSync(join(nodeFolder, 'seal.key'))) await createKeyFile(join(nodeFolder, 'seal.key'), 'ed25519', testSecret(`seat ${i}`));
    if (!existsSync(join(nodeFolder, 'p2p.key'))) await createKeyFile(join(nodeFolder, 'p2p.key'));
  }
  if (!existsSync(adaKeyFile)) await createKeyFile(adaKeyFile, 'ed25519', testSecret('ada'));
  if (isNew) {
    const seats = await Promise.all(folders.map(async (one) => (await readKeyFile(join(one, 'seal.key'))).signer));
    // A second back, so that the first slot is not already over when the nodes are up.
    const genesisTimeMs = Math.floor(Date.now() / 1_000) * 1_000 - 1_000;
    const spec = createSpec({ name: 'orchid', consensus, slotMs: 1_000, genesisTimeMs, seats, balances: [{ account: ada.account, amount: 1_000_000_000_000_000n }] });
    await writeFile(specFile, chainSpecToJson(spec));
  }
  const spec = await readSpecFile(specFile);
  if (!spec.consensus.module.startsWith(`${consensus}@`)) {
    throw new AppError('USAGE', `${folder} holds a chain under ${spec.consensus.module}; start it with --consensus ${spec.consensus.module.split('@')[0]}, or wipe it with --fresh`);
  }
  const { ports, steppedOver } = await findPorts();
  const nodes = folders.map((nodeFolder, i): DevnetNode => ({
    name: `node-${i + 1}`, folder: nodeFolder, configFile: join(nodeFolder, 'node.toml'), p2pPort: ports[2 * i] as number, rpcPort: ports[2 * i + 1] as number,
  }));
  for (const node of nodes) {
    const peers = nodes.filter((other) => other !== node).map((other) => `/ip4/127.0.0.1/tcp/${other.p2pPort}`);
    await writeFile(node.configFile, writeConfigText({
      'chain.spec': '../chain.json', 'p2p.listen': [`/ip4/127.0.0.1/tcp/${node.p2pPort}`], 'p2p.peers': peers, 'rpc.port': node.rpcPort, 'seal.keys': ['seal.key'],
    }));
  }
  return { folder, spec, nodes, ada, adaKeyFile, steppedOver, isNew };
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

/** Progress of the loader, so that a second run goes on where the first stopped. */
export async function readText(path: string): Promise<string | undefined> {
  return existsSync(path) ? readFile(path, 'utf8') : undefined;
}
