import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { chainId } from '@vsys/data-format';
import type { ChainId } from '@vsys/primitives';
import { createClient, type Client } from '@vsys/rpc/client';
import type { Trust } from '@vsys/rpc/client';
import { type Config, readConfig } from './config.ts';
import { DEV_FOLDER, NODE_FILE } from './config-options.ts';
import { readSpecFile } from './spec-file.ts';
import { trustOf } from './trust.ts';

export interface OpenClient extends Disposable {
  readonly client: Client;
  readonly trust: Trust;
  readonly chainId: ChainId;
  readonly url: string;
}

/** Gives a command `--config`, `--spec` and `--url`: which chain to trust, and which node to ask. */
export function addClientOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', `config file of the node to ask; names its spec and its RPC address; ${NODE_FILE} here, or that of vsys dev here`)
    .option('--spec <file>', 'chain spec to trust, in place of that of the config')
    .option('--url <url>', 'node to ask, in place of that of the config');
}

/** Where the node of a command line is asked. */
export function urlOf(command: Command): string {
  const url = command.getOptionValue('url') as string | undefined;
  if (url !== undefined) return url;
  const config = clientConfigOf(command);
  const host = config.text('rpc.host');
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.number('rpc.port')}`;
}

/**
 * A client that checks what it is told under the chain spec.
 *
 * @throws AppError CONFIG_…, SPEC_FILE; ClientError CLIENT_UNREACHABLE for a url that is none
 */
export async function clientOf(command: Command): Promise<OpenClient> {
  const trust = await trustOf(await readSpecFile(specFileOf(command)));
  const url = urlOf(command);
  const client = createClient({ url, trust });
  return { client, trust, chainId: chainId(trust.spec), url, [Symbol.dispose]: () => client.close() };
}

/** The chain spec that a command line trusts. */
export function specFileOf(command: Command): string {
  return (command.getOptionValue('spec') as string | undefined) ?? clientConfigOf(command).file('chain.spec');
}

/** The config that a command line names; else `node.toml` here, else that of a development chain here, else the defaults. */
export function clientConfigOf(command: Command): Config {
  const named = command.getOptionValue('config') as string | undefined;
  if (named !== undefined) return readConfig(named, {}, process.env, { required: true });
  const dev = join(DEV_FOLDER, NODE_FILE);
  return readConfig(!existsSync(NODE_FILE) && existsSync(dev) ? dev : NODE_FILE, {}, process.env);
}
