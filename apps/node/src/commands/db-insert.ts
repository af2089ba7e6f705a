import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Document, ObjectId, Value } from '@vsys/data-format/value';
import { collectionOps } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText, keyOfId } from '../document-key.ts';
import { argumentOrStdin, JsonError, quote, readDocument } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { plural } from '../shown.ts';
import { addWaitOption } from '../signer-options.ts';
import { createRowSplitter } from '../split-rows.ts';

/** `vsys db insert DATABASE COLLECTION DOCUMENT`. */
export function addDbInsert(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('insert').description('insert documents, all of them or none; one without an _id is given one')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<document>', 'as JSON, or "-" for documents on stdin: a JSON array, or one on each line')))
    .option('--json', 'as JSON')
    .action((named: string, collection: string, argument: string, _, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      const documents = readAll(await argumentOrStdin(argument)).map(withId);
      const ids = documents.map((document) => idText(document.get('_id')));
      return {
        operations: [collectionOps(database, collection).insert(documents)], fields: { database: toHex(database), collection, ids: ids.map((id) => JSON.parse(id) as unknown) },
        done: `inserted ${documents.length === 1 ? `the document with _id ${ids[0]}` : `${documents.length} documents`}`,
        keys: documents.map((document) => keyOfId(database, collection, document.get('_id'))),
        shows: (values) => `${plural(values.filter((value) => value !== undefined).length, 'document is', 'documents are')} there`,
      };
    }));
}

function readAll(text: string): readonly Document[] {
  const splitter = createRowSplitter();
  const rows = [...splitter.push(text), ...splitter.end()];
  if (rows.length === 0) throw new JsonError('JSON_NOT_OBJECT', `expected a document such as {"_id": 1, "name": "tea"}; found ${quote(text)}`);
  return rows.map((row) => readDocument(row.text, rows.length === 1 ? 'the document' : `document ${row.number}, line ${row.line}`));
}

function withId(document: Document): Document {
  return document.has('_id') ? document : new Map<string, Value>([['_id', newObjectId()], ...document]);
}

/** As MongoDB's clients make them: seconds, so that they come in order of time, then random bytes. */
function newObjectId(): ObjectId {
  const bytes = new Uint8Array(randomBytes(12));
  new DataView(bytes.buffer).setUint32(0, Math.floor(Date.now() / 1_000));
  return { kind: 'objectId', bytes };
}
