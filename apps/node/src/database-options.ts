import type { Command } from 'commander';
import type { ChainSpec } from '@vsys/data-format';
import { type DatabaseId, databaseId } from '@vsys/database/ops';
import { fromHex } from '@vsys/primitives';
import { AppError } from './app-error.ts';
import { addClientOptions } from './client-options.ts';
import { readAddress } from './read-address.ts';
import { addKeyOption, keyOf } from './signer-options.ts';

/** Gives a command what names a node, a key, and the owner of a database. */
export function addDatabaseOptions(command: Command): Command {
  return addKeyOption(addClientOptions(command)).option('--owner <address>', 'account whose database is meant; without it that of the key');
}

/**
 * The database that is meant: 40 hexadecimal digits are its id, everything else is a name under an owner.
 *
 * @throws AppError USAGE when there is a name and nobody who owns it; ADDRESS_…
 */
export async function databaseOf(command: Command, named: string, { network }: ChainSpec): Promise<DatabaseId> {
  const owner = command.getOptionValue('owner') as string | undefined;
  if (owner !== undefined) return databaseId(readAddress(owner, network, '--owner'), named);
  if (/^[0-9a-f]{40}$/.test(named)) return fromHex(named);
  const key = await keyOf(command);
  if (key === undefined) throw new AppError('USAGE', `"${named}" is a database of whom? Give --owner ADDRESS or --key FILE, set client.key in the config, or name the database by its id of 40 hexadecimal digits`);
  return databaseId(key.account, named);
}
