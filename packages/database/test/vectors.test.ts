import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fromHex } from '@vsys/primitives';
import { checkVectors, type VectorFile, type VectorOutcome, type VectorValues } from '@vsys/primitives/vectors';
import { createGasMeter, createStateJournal } from '@vsys/container';
import { documentFromJson, documentToJson, encodeDocument } from '@vsys/data-format/value';
import { createDatabaseContainer, operationFromPayload } from '../src/index.ts';
import { collectionKey, collectionToRecord, countKey, countsToRecord, DATABASE_PARAMS_KEY, databaseKey, databaseToRecord, documentFromRecord, documentKey, documentPrefix, documentToRecord, usageKey, usageToRecord } from '../src/layout.ts';
import { ada } from './harness.ts';

const database = Uint8Array.from({ length: 20 }, (_, i) => i);
const container = createDatabaseContainer();

function outcomeOf(input: VectorValues): VectorOutcome {
  const payload = fromHex(input.payload as string);
  const operation = operationFromPayload(payload);
  if (!operation.ok) return operation;
  if (operation.value.kind !== 'patch') throw new Error('the payload is no patch');
  const key = documentKey(documentPrefix(database, 'c'), operation.value.idKey);
  const state = createStateJournal();
  state.load(databaseKey(database), databaseToRecord({ owner: ada, name: 'd' }));
  state.load(collectionKey(database, 'c'), collectionToRecord({ name: 'c', indexes: [] }));
  const bytes = input.document === null ? 0n : BigInt(bytesOf(input.document as string).length);
  state.load(countKey(database, 'c'), countsToRecord({ documents: bytes === 0n ? 0n : 1n, deletedVersion: 0n, bytes }));
  state.load(usageKey(database), usageToRecord({ collections: 1n, documents: bytes === 0n ? 0n : 1n, bytes }));
  state.load(DATABASE_PARAMS_KEY, undefined);
  state.load(key, input.document === null ? undefined : documentToRecord(1n, 1, bytesOf(input.document as string)));
  const block = { chainId: new Uint8Array(32), height: 2, timeMs: Number(input.timeMs), parent: new Uint8Array(32) };
  const done = container.execute(payload, { block, transactionId: new Uint8Array(32), index: 0, count: 1, actor: ada, payer: ada, signers: [ada], state, gas: createGasMeter(1_000_000n) });
  if (!done.ok) return done;
  const { document } = documentFromRecord(state.get(key) as Uint8Array);
  return { ok: true, output: { order: operation.value.steps.map(({ operator, path }) => `${operator} ${path}`), document: documentToJson(document, 'canonical') } };
}

function bytesOf(json: string): Uint8Array {
  const document = documentFromJson(json);
  const bytes = document.ok ? encodeDocument(document.value) : document;
  if (!bytes.ok) throw new Error(`${bytes.message}: ${json}`);
  return bytes.value;
}

test('agrees with every vector of patches', async () => {
  const file = JSON.parse(readFileSync(new URL('../vectors/patches.json', import.meta.url), 'utf8')) as VectorFile;
  expect(await checkVectors(file, outcomeOf)).toEqual([]);
});
