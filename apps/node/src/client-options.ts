import type { Command } from 'commander';
import { createClient, type Client } from '@vsys/rpc/client';
import type { Trust } from '@vsys/rpc/client';
import { type Config, readConfig } from './config.ts';
import { NODE_FILE } from './config-options.ts';
import { readSpecFile } from './spec-file.ts';
import { trustOf } from './trust.ts';

export interface OpenClient extends Disposable {
  readonly client: Client;
  readonly trust: Trust;
  readonly url: string;
}

/** Gives a command `--config`, `--spec` and `--url`: which chain to trust, and which node to ask. */
export function addClientOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config file of the node to ask; names its spec and its RPC address', NODE_FILE)
    .option('--spec <file>', 'chain spec to trust, in place of that of the config')
    .option('--url <url>', 'node to ask, in place of that of the config');
}

/** Where the node of a command line is asked. */
export function urlOf(command: Command): string {
  const url = command.getOptionValue('url') as string | undefined;
  if (url !== undefined) return url;
  const config = configOf(command);
  const host = config.text('rpc.host');
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.number('rpc.port')}`;
}

/**
 * A client that checks what it is told under the chain spec.
 *
 * @throws AppError CONFIG_…, SPEC_FILE; ClientError CLIENT_UNREACHABLE for a url that is none
 */
export async function clientOf(command: Command): Promise<OpenClient> {
  const file = command.getOptionValue('spec') as string | undefined;
  const trust = await trustOf(await readSpecFile(file ?? configOf(command).file('chain.spec')));
  const url = urlOf(command);
  const client = createClient({ url, trust });
  return { client, trust, url, [Symbol.dispose]: () => client.close() };
}

function configOf(command: Command): Config {
  return readConfig(command.getOptionValue('config') as string, {}, process.env, { required: command.getOptionValueSource('config') === 'cli' });
}
