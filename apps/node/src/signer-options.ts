import { type Command, Option } from 'commander';
import type { Signer } from '@vsys/crypto';
import { AppError } from './app-error.ts';
import { clientConfigOf } from './client-options.ts';
import { readKeyFile } from './key-file.ts';

export type WaitFor = 'pooled' | 'included' | 'safe' | 'final';

/** Gives a command `--key`: who signs, pays and acts. */
export function addKeyOption(command: Command): Command {
  return command.option('--key <file>', 'key file that signs, pays and acts; without it client.key of the config');
}

/** Gives a command `--wait`: how far a transaction must be before the command ends. */
export function addWaitOption(command: Command): Command {
  return command.addOption(new Option('--wait <stage>', 'end when the transaction waits in the node, is in a block, in one that the consensus module holds to stay, or in a final one').choices(['pooled', 'included', 'safe', 'final']).default('included'));
}

/** The key of a command line or of its config; undefined when neither names one. */
export async function keyOf(command: Command): Promise<Signer | undefined> {
  const named = command.getOptionValue('key') as string | undefined;
  if (named !== undefined) return (await readKeyFile(named)).signer;
  const config = clientConfigOf(command);
  return config.text('client.key') === '' ? undefined : (await readKeyFile(config.file('client.key'))).signer;
}

/** @throws AppError USAGE when no key is named */
export async function signerOf(command: Command): Promise<Signer> {
  const signer = await keyOf(command);
  if (signer === undefined) throw new AppError('USAGE', 'this command signs and needs a key: give --key FILE, or set client.key in the config; vsys key new makes one');
  return signer;
}
