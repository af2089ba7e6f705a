import type { Command } from 'commander';
import { collectionFromRecord, collectionKey, documentFromRecord } from '@vsys/database/layout';
import { collectionOps } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText, keyOfId } from '../document-key.ts';
import { readId, wholeNumber } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

/** `vsys db ttl DATABASE COLLECTION BLOCKS`, and `vsys db expire DATABASE COLLECTION ID HEIGHT` for one document. */
export function addDbTtl(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('ttl').description('let documents that change from now on go some blocks after their last change; 0: they stay')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<blocks>', 'number of blocks', wholeNumber(0))))
    .option('--json', 'as JSON')
    .action((named: string, collection: string, blocks: number, _, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      return {
        operations: [collectionOps(database, collection).setTtl(blocks)], fields: { database: toHex(database), collection, ttl: blocks },
        done: blocks === 0 ? 'documents stay' : `documents go ${blocks} blocks after their last change`, keys: [collectionKey(database, collection)], shows: ttlOf,
      };
    }));
  addWaitOption(addDatabaseOptions(group.command('expire').description('let one document go at the end of the block of a height; 0: it stays')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<id>', '_id as JSON or text').argument('<height>', 'above the next block', wholeNumber(0))))
    .option('--json', 'as JSON')
    .action((named: string, collection: string, idArgument: string, height: number, _, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      const id = readId(idArgument);
      return {
        operations: [collectionOps(database, collection).expire([id], height)], fields: { database: toHex(database), collection, id: JSON.parse(idText(id)) as unknown, expires: height },
        done: height === 0 ? 'the document stays' : `the document goes at height ${height}`, keys: [keyOfId(database, collection, id)], shows: expiryOf,
      };
    }));
}

function ttlOf([record]: readonly (Uint8Array | undefined)[]): string {
  if (record === undefined) return 'it is not there';
  const { ttl } = collectionFromRecord(record);
  return ttl === undefined ? 'its documents stay' : `its documents go ${ttl} blocks after their last change`;
}

function expiryOf([record]: readonly (Uint8Array | undefined)[]): string {
  if (record === undefined) return 'it is not there';
  const { expires } = documentFromRecord(record).meta;
  return expires === undefined ? 'it stays' : `it goes at height ${expires}`;
}
