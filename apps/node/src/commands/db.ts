import type { Command } from 'commander';
import { addDbCount } from './db-count.ts';
import { addDbCreate } from './db-create.ts';
import { addDbCreateCollection } from './db-create-collection.ts';
import { addDbDelete } from './db-delete.ts';
import { addDbDrop } from './db-drop.ts';
import { addDbExplain } from './db-explain.ts';
import { addDbExport } from './db-export.ts';
import { addDbFind } from './db-find.ts';
import { addDbGet } from './db-get.ts';
import { addDbImport } from './db-import.ts';
import { addDbInsert } from './db-insert.ts';
import { addDbPatch } from './db-patch.ts';
import { addDbQuota } from './db-quota.ts';
import { addDbSchema } from './db-schema.ts';
import { addDbTtl } from './db-ttl.ts';
import { addDbUpdate } from './db-update.ts';

/** `vsys db …`: databases of a chain, through a node whose answers are checked here. */
export function addDbCommands(program: Command): void {
  const group = program.command('db').description('create databases, write documents and find them, with proofs');
  for (const add of [addDbCreate, addDbCreateCollection, addDbInsert, addDbGet, addDbFind, addDbCount, addDbExplain, addDbUpdate, addDbPatch, addDbDelete, addDbDrop, addDbQuota, addDbSchema, addDbTtl, addDbImport, addDbExport]) add(group);
}
