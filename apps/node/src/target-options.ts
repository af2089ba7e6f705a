import type { Command } from 'commander';
import type { ChainSpec } from '@vsys/data-format';
import { documentPrefix } from '@vsys/database/layout';
import type { Target } from '@vsys/moderation/layout';
import { AppError } from './app-error.ts';
import { databaseOf } from './database-options.ts';
import { keyOfId } from './document-key.ts';
import { readAddress } from './read-address.ts';
import { readId } from './read-value.ts';

/** Gives a command what a mark is on. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('--person <address>', 'an account or identity')
    .option('--database <database>', 'name or id; with --collection and --id what is in it')
    .option('--collection <name>', 'of the database')
    .option('--id <id>', '_id of a document in the collection, as JSON or text');
}

/** @throws AppError USAGE when it is not one target */
export async function targetOf(command: Command, spec: ChainSpec): Promise<Target> {
  const [person, named, collection, id] = ['person', 'database', 'collection', 'id'].map((name) => command.getOptionValue(name) as string | undefined);
  if ((person === undefined) === (named === undefined)) throw new AppError('USAGE', 'what is it about? Give --person ADDRESS, or --database NAME with --collection NAME and --id ID where it is about less');
  if (person !== undefined) {
    if (collection !== undefined || id !== undefined) throw new AppError('USAGE', '--collection and --id go with --database');
    return { kind: 'person', account: readAddress(person, spec.network, '--person') };
  }
  const database = await databaseOf(command, named as string, spec);
  if (collection === undefined) {
    if (id !== undefined) throw new AppError('USAGE', '--id goes with --collection');
    return { kind: 'database', database };
  }
  if (id === undefined) return { kind: 'collection', database, collection };
  return { kind: 'document', database, collection, idKey: keyOfId(database, collection, readId(id)).slice(documentPrefix(database, collection).length) };
}
