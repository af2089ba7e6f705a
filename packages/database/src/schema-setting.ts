/** The schema of a collection in force: docs/spec/database.md, "Schemas". */
import { accept, invariant, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { ChangeContext } from './apply-changes.ts';
import { checkSchema } from './check-schema.ts';
import type { CollectionRecord } from './collection-record.ts';
import { schemaFromDocument } from './collection-schema.ts';
import type { DatabaseCode } from './create-database-container.ts';
import { databaseGas } from './gas.ts';
import type { Change } from './index-entries.ts';
import type { SchemaOperation } from './schema-operations.ts';
import { changeCollection, withSetting } from './storage-settings.ts';

/** For what is written from now on; what there is stays as it is until it is written. */
export function setSchema({ database, collection, schema }: SchemaOperation, context: OperationContext): Verdict<void, DatabaseCode> {
  return changeCollection(database, collection, (record) => withSetting(record, 'schema', schema), context);
}

/** Every document that a change leaves, in the order of the changes. What is deleted may have been of any form. */
export function checkSchemas(changes: readonly Change[], { schema }: CollectionRecord, { gas }: Pick<ChangeContext, 'gas'>): Verdict<void, DatabaseCode> {
  if (schema === undefined || changes.every(({ after }) => after === undefined)) return accept(undefined);
  const read = schemaFromDocument(schema);
  invariant(read.ok, 'setSchema wrote a schema that holds');
  // Read anew by each operation.
  gas.charge(databaseGas.schemaStep * BigInt(read.value.schemas));
  for (const { after } of changes) {
    const fits = after === undefined ? accept(undefined) : checkSchema(read.value, after.document, gas);
    if (!fits.ok) return fits;
  }
  return accept(undefined);
}
