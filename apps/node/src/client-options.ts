import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { chainId } from '@vsys/data-format';
import type { ChainId, Height } from '@vsys/primitives';
import { type Client, ClientError, createClient, type Trust } from '@vsys/rpc/client';
import { carryModules } from './carry-modules.ts';
import { type CheckpointFile, checkpointFile, checkpointFolder } from './checkpoint-file.ts';
import { type Config, readConfig } from './config.ts';
import { DEV_FOLDER, NODE_FILE } from './config-options.ts';
import { say } from './output.ts';
import { readEraRecords } from './era-file.ts';
import { readSpecFile } from './spec-file.ts';
import { trustOf } from './trust.ts';

export interface OpenClient extends Disposable {
  readonly client: Client;
  readonly trust: Trust;
  readonly chainId: ChainId;
  readonly url: string;
  /** Blocks below this height cannot be checked: its headers are known from here on. */
  readonly since: Height;
}

/** Gives a command `--config`, `--spec`, `--url` and `--no-cache`: which chain to trust, and which node to ask. */
export function addClientOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', `config file of the node to ask; names its spec and its RPC address; ${NODE_FILE} here, or that of vsys dev here`)
    .option('--spec <file>', 'chain spec to trust, in place of that of the config')
    .option('--url <url>', 'node to ask, in place of that of the config')
    .option('--no-cache', 'follow the headers from the chain spec on, and keep nothing of them for the next command');
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
 * A client that checks what it is told under the chain spec. It begins where the last command came to, unless an older block is asked for, and keeps
 * where it came to itself.
 *
 * @param at - height of the oldest block that must be checked; that of `--at` where the command has it
 * @throws AppError CONFIG_…, SPEC_FILE; ClientError CLIENT_UNREACHABLE for a url that is none
 */
export async function clientOf(command: Command, at: Height | undefined = command.getOptionValue('at') as number | undefined): Promise<OpenClient> {
  await carryModulesOf(command);
  const trust = await trustOf(await readSpecFile(specFileOf(command)), await readEraRecords(clientConfigOf(command).files('chain.eras')));
  const url = urlOf(command);
  const id = chainId(trust.spec);
  const folder = command.getOptionValue('cache') === false ? undefined : checkpointFolder();
  const file = folder === undefined ? undefined : checkpointFile(id, folder);
  const client = createClientAt(url, trust, file, at);
  const since = client.followed.final.height;
  const close = (): void => {
    if (file !== undefined && client.followed.final.height > since) keep(file, client.checkpoint());
    client.close();
  };
  return { client, trust, chainId: id, url, since, [Symbol.dispose]: close };
}

/** A client that begins above a block could not check it. */
function createClientAt(url: string, trust: Trust, file: CheckpointFile | undefined, at: Height = Number.POSITIVE_INFINITY): Client {
  try {
    const checkpoint = file?.read();
    if (checkpoint !== undefined) {
      const client = createClient({ url, trust: { ...trust, checkpoint } });
      if (client.followed.final.height <= at) return client;
      client.close();
    }
  } catch (error) {
    if (error instanceof ClientError && error.code !== 'CLIENT_CHECKPOINT') throw error;
    say(`The checkpoint ${file?.path} is left aside, and headers are followed from the chain spec on: ${textOf(error)}`);
  }
  return createClient({ url, trust });
}

/** The command has done its work: a cache that cannot be written costs the next one its time, and this one nothing. */
function keep(file: CheckpointFile, checkpoint: Uint8Array): void {
  try {
    file.write(checkpoint);
  } catch (error) {
    say(`The checkpoint ${file.path} cannot be written, so the next command follows the headers again (--no-cache keeps none): ${textOf(error)}`);
  }
}

function textOf(error: unknown): string {
  return String((error as Error).message).split('\n', 1)[0] as string;
}

/** Takes in the consensus modules that the config of a command line names. */
export async function carryModulesOf(command: Command): Promise<void> {
  const config = clientConfigOf(command);
  await carryModules(config.list('consensus.modules'), config.startOf('consensus.modules'));
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
