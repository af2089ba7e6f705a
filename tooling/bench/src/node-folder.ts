import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@vsys/primitives';
import { findFreePort } from '@vsys/internet';
import { benchSecret, benchSigner } from './bench-chain.ts';
import { BenchError } from './options.ts';

export interface NodeFolder {
  readonly configFile: string;
  readonly p2pAddress: string;
  readonly rpcUrl: string;
}

export interface NodeFolderOptions {
  /** Relative to the folder, or absolute. */
  readonly specFile: string;
  readonly name: string;
  /** Word of the seat's key; a node without one only follows. */
  readonly seat?: string;
  readonly p2pPort: number;
  readonly rpcPort: number;
  readonly peers: readonly string[];
  /** Pages that may ask it. */
  readonly corsOrigins?: readonly string[];
}

/** Writes what `vsys node start` reads: keys and config. */
export async function writeNodeFolder(folder: string, { specFile, name, seat, p2pPort, rpcPort, peers, corsOrigins = [] }: NodeFolderOptions): Promise<NodeFolder> {
  await mkdir(folder, { recursive: true });
  await writeKey(join(folder, 'p2p.key'), `peer ${name}`);
  if (seat !== undefined) await writeKey(join(folder, 'seal.key'), seat);
  const p2pAddress = `/ip4/127.0.0.1/tcp/${p2pPort}`;
  const sections = {
    chain: { spec: specFile }, p2p: { listen: [p2pAddress], peers }, rpc: { port: rpcPort, 'cors-origins': corsOrigins }, seal: { keys: seat === undefined ? [] : ['seal.key'] }, log: { level: 'warn' },
  };
  const lines = Object.entries(sections).flatMap(([section, values]) => [`[${section}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)]);
  const configFile = join(folder, 'node.toml');
  await writeFile(configFile, `${lines.join('\n')}\n`);
  return { configFile, p2pAddress, rpcUrl: `http://127.0.0.1:${rpcPort}` };
}

const PORTS_FROM = 24_000;

export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const found = await findFreePort({ host: '127.0.0.1', from: (ports.at(-1) ?? PORTS_FROM - 1) + 1, triesMax: 500 });
    if (!found.ok) throw new BenchError('BENCH_USAGE', found.message);
    ports.push(found.value.port);
  }
  return ports;
}

async function writeKey(path: string, word: string): Promise<void> {
  await writeFile(path, JSON.stringify({ scheme: 'ed25519', secret: toHex(benchSecret(word)), account: toHex(benchSigner(word).account) }), { mode: 0o600 });
}
