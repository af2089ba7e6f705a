import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, type Signer } from '@vsys/crypto';
import { chainId, type ChainSpec, chainSpecToJson } from '@vsys/data-format';
import { findFreePort } from '@vsys/internet';
import { equalBytes, toHex } from '@vsys/primitives';
import { createCaller } from '@vsys/rpc/client';
import { AppError } from './app-error.ts';
import { modulesOfEnvironment } from './carry-modules.ts';
import { type Config, readConfig, writeConfigText } from './config.ts';
import { NODE_FILE } from './config-options.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { publicSecret } from './public-secret.ts';
import { createSpec, readSpecFile } from './spec-file.ts';

export interface DevChain {
  readonly spec: ChainSpec;
  readonly isNew: boolean;
  readonly config: Config;
  readonly configFile: string;
  /** Holds all the coins and the one seat. Its key is public: everybody can make it from the word "ada". */
  readonly ada: Signer;
  readonly adaKeyFile: string;
  /** Ports that were taken by somebody else. */
  readonly steppedOver: readonly number[];
}

const RPC_PORT = 9_922;
const PORTS_MAX = 200;
const SLOT_MS = 500;
const ANSWER_MS = 2_000;
/** Atomic units. */
const DEV_COINS = 1_000_000_000_000_000n;
/** All that a development chain has in its folder, and so all that is wiped. */
const FILES = { spec: 'chain.json', config: NODE_FILE, ada: 'ada.key', p2p: 'p2p.key', data: 'data' } as const;

/** A chain of one seat in a folder: written when it is new, read when it is not. */
export async function openDevChain(folder: string, consensus: string, { fresh, corsOrigins }: { readonly fresh: boolean; readonly corsOrigins?: string | undefined }): Promise<DevChain> {
  const at = (name: keyof typeof FILES): string => join(folder, FILES[name]);
  const ada = createSigner('ed25519', publicSecret('ada'));
  if (fresh) {
    await refuseOthersFiles(folder, at, ada);
    await refuseWhileInUse(folder, at);
    for (const name of Object.keys(FILES) as (keyof typeof FILES)[]) await rm(at(name), { recursive: true, force: true });
  }
  const isNew = !existsSync(at('spec'));
  if (isNew) {
    const there = Object.values(FILES).filter((name) => existsSync(join(folder, name)));
    if (there.length > 0) throw new AppError('FILE_EXISTS', `${folder} has ${there.join(', ')} and no chain.json; name another folder with --folder`);
    await writeDevChain(at, consensus, ada);
  }
  const spec = await readSpecFile(at('spec'));
  if (!spec.consensus.module.startsWith(`${consensus}@`)) {
    throw new AppError('USAGE', `${folder} holds a chain under ${spec.consensus.module}; go on with --consensus ${spec.consensus.module.split('@')[0]}, or wipe it with --fresh`);
  }
  const wanted = readConfig(at('config'), {}, {}, { required: true }).number('rpc.port');
  const found = await findFreePort({ host: '127.0.0.1', from: wanted, triesMax: PORTS_MAX });
  if (!found.ok) throw new AppError('PORT_BUSY', `${found.message}; end what listens there`);
  const { port, steppedOver } = found.value;
  const config = readConfig(at('config'), { 'rpc.port': String(port), ...(corsOrigins === undefined ? {} : { 'rpc.cors-origins': corsOrigins }) }, {}, { required: true });
  return { spec, isNew, config, configFile: at('config'), ada, adaKeyFile: at('ada'), steppedOver };
}

/** What is wiped must be a development chain: these names are not ours alone. */
async function refuseOthersFiles(folder: string, at: (name: keyof typeof FILES) => string, ada: Signer): Promise<void> {
  if (!Object.values(FILES).some((name) => existsSync(join(folder, name)))) return;
  const isAda = existsSync(at('ada')) && equalBytes((await readKeyFile(at('ada'))).signer.account, ada.account);
  const spec = existsSync(at('spec')) ? await readSpecFile(at('spec')) : undefined;
  if (!isAda || (spec !== undefined && spec.balances.some(({ account }) => !equalBytes(account, ada.account)))) {
    throw new AppError('FILE_EXISTS', `${folder} has files of another kind than a development chain and is not wiped; name another folder with --folder`);
  }
}

/** A node that runs would go on without its files, and lose what it stores from then on. */
async function refuseWhileInUse(folder: string, at: (name: keyof typeof FILES) => string): Promise<void> {
  if (!existsSync(at('spec')) || !existsSync(at('config'))) return;
  const url = `http://127.0.0.1:${readConfig(at('config'), {}, {}).number('rpc.port')}`;
  const served = await createCaller({ url, timeoutMs: ANSWER_MS })('chain_info', {}).then((info) => info.chainId, () => undefined);
  if (served === toHex(chainId(await readSpecFile(at('spec'))))) throw new AppError('USAGE', `${folder} is in use by the node at ${url}; end it first, then wipe the folder with --fresh`);
}

async function writeDevChain(at: (name: keyof typeof FILES) => string, consensus: string, ada: Signer): Promise<void> {
  const genesisTimeMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
  const spec = createSpec({ name: 'dev', network: 'test', consensus, slotMs: SLOT_MS, genesisTimeMs, seats: [ada], balances: [{ account: ada.account, amount: DEV_COINS }] });
  await mkdir(join(at('spec'), '..'), { recursive: true });
  await createKeyFile(at('ada'), 'ed25519', publicSecret('ada'));
  await createKeyFile(at('p2p'));
  await writeFile(at('config'), writeConfigText({ 'consensus.modules': modulesOfEnvironment(), 'p2p.listen': ['/ip4/127.0.0.1/tcp/0'], 'rpc.port': RPC_PORT, 'seal.keys': [FILES.ada], 'client.key': FILES.ada, 'log.level': 'warn' }));
  // Last: a folder with a spec is complete.
  await writeFile(at('spec'), chainSpecToJson(spec));
}

/** Tells the commands of this folder where the node listens. Only once it does: the config may be that of a node that runs already. */
export async function keepRpcPort({ configFile, config }: DevChain): Promise<void> {
  const text = await readFile(configFile, 'utf8');
  const kept = text.replace(/^(\[rpc\]\n(?:(?!\[).*\n)*?port = )\d+$/m, `$1${config.number('rpc.port')}`);
  if (kept !== text) await writeFile(configFile, kept);
}
