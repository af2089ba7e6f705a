import type { Command } from 'commander';
import { applyPatch, operationFromPayload } from '@vsys/database';
import { documentFromRecord } from '@vsys/database/layout';
import { collectionOps, DatabaseOpError, type Patch, patchFromUpdate } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText, keyOfId, versionOf } from '../document-key.ts';
import { argumentOrStdin, readDocument, readId, readUpdate, wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

interface PatchOptions {
  readonly set?: string;
  readonly unset?: string;
  readonly inc?: string;
  readonly upsert?: boolean;
  readonly ifVersion?: bigint;
}

/** `vsys db patch DATABASE COLLECTION ID UPDATE`, or with `--set …` in its place. */
export function addDbPatch(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('patch').description('change fields of one document; the others stay')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<id>', '_id as JSON or text')
    .argument('[update]', 'operators of MongoDB, such as {"$inc": {"stock": -1}, "$push": {"tags": "new"}}, or "-" for stdin')))
    .option('--set <json>', 'fields and their new values, such as {"price": 5, "place.city": "Seoul"}')
    .option('--unset <fields>', 'fields to take away, with commas between them')
    .option('--inc <json>', 'fields and what is added to their numbers, such as {"stock": -1}')
    .option('--upsert', 'make the document if it is not there; $setOnInsert applies only then')
    .option('--if-version <number>', 'only if the document still has this version', wholeBigint)
    .option('--json', 'as JSON')
    .action((named: string, collection: string, idArgument: string, update: string | undefined, options: PatchOptions, command: Command) => runWrite(command, async ({ trust }) => {
      const patch = await patchOf(update, options);
      const database = await databaseOf(command, named, trust.spec);
      const id = readId(idArgument);
      const operation = collectionOps(database, collection).patch(id, patch, options.ifVersion, options.upsert === true);
      return {
        operations: [operation], refusedBy: ([record]) => whyRefused(operation.payload, record), fields: { database: toHex(database), collection, id: JSON.parse(idText(id)) as unknown },
        done: `changed the document with _id ${idText(id)}`, keys: [keyOfId(database, collection, id)], shows: versionOf,
      };
    }));
}

/** Runs the patch here on the document that is there. */
function whyRefused(payload: Uint8Array, record: Uint8Array | undefined): string | undefined {
  const operation = operationFromPayload(payload);
  if (record === undefined || !operation.ok || operation.value.kind !== 'patch') return undefined;
  const applied = applyPatch(documentFromRecord(record).document, operation.value.steps, { timeMs: 0, isInsert: false, gas: { used: 0n, charge: () => {} } });
  return applied.ok ? undefined : applied.message;
}

async function patchOf(update: string | undefined, { set, unset, inc }: PatchOptions): Promise<Partial<Patch>> {
  const hasFlags = set !== undefined || unset !== undefined || inc !== undefined;
  if (update === undefined && !hasFlags) throw new AppError('USAGE', 'a patch changes something: give an update such as {"$inc": {"stock": -1}}, or --set, --unset or --inc');
  if (update === undefined) return { ...(set === undefined ? {} : { set: readDocument(set, '--set') }), ...(unset === undefined ? {} : { unset: unset.split(',') }), ...(inc === undefined ? {} : { inc: readDocument(inc, '--inc') }) };
  if (hasFlags) throw new AppError('USAGE', 'an update holds all changes: put what --set, --unset and --inc say into it');
  const patch = patchFromUpdate(readUpdate(await argumentOrStdin(update), 'the update'));
  if (!patch.ok) throw new DatabaseOpError(patch.code, patch.message, patch.data ?? {});
  return patch.value;
}
