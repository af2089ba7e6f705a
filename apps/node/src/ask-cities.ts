import type { Value } from '@vsys/data-format/value';
import type { DatabaseId } from '@vsys/database/ops';
import type { Query } from '@vsys/database-query/verify';
import { systemClock } from '@vsys/primitives';
import type { Client, FoundRaw } from '@vsys/rpc/client';
import { AppError } from './app-error.ts';
import { COLLECTION } from './cities.ts';

const ASKED_MAX = 5;

/** Asks by key, along an index and for what is not there, and tells what was shown; then holds the client to refusing each answer with one byte changed. */
export async function askCities(client: Client, database: DatabaseId, print: (line: string) => void): Promise<void> {
  const startMs = performance.now();
  const { tip } = await client.follow();
  print(`the client checked ${tip.height} headers from the spec up in ${(performance.now() - startMs).toFixed(0)} ms`);
  const base = { database, collection: COLLECTION };
  const questions: readonly (readonly [string, Query])[] = [
    ['by key', { ...base, filter: new Map<string, Value>([['_id', 3_040_051n]]) }],
    ['the five largest of Andorra, along an index', { ...base, filter: new Map([['country', 'AD']]), sort: [{ path: 'population', direction: -1 }], limit: 5 }],
    ['something absent', { ...base, filter: new Map([['name', 'Atlantis of the sea']]) }],
  ];
  for (const [title, query] of questions) {
    print(await ask(client, title, query));
    print(await refuseChanged(client, query));
  }
}

async function ask(client: Client, title: string, query: Query): Promise<string> {
  const startMs = performance.now();
  const { documents, block, proofBytes } = await client.find(query);
  const timeMs = performance.now() - startMs;
  const names = documents.map(({ document }) => String(document.get('name'))).join(', ');
  return `${title}: ${documents.length === 0 ? 'proven that there is none' : `${documents.length} ${documents.length === 1 ? 'row' : 'rows'}, ${names}`}; at block ${block.height}, ${proofBytes} proof bytes, ${timeMs.toFixed(1)} ms`;
}

async function refuseChanged(client: Client, query: Query): Promise<string> {
  const raw = await askVerified(client, query);
  const refused = client.verifyFind(query, changeOneByte(raw));
  if (refused.ok) throw new AppError('REFUSED', 'an answer with a changed byte was accepted');
  return `  with one byte of it changed the client refuses it: ${refused.code}, ${String(refused.data?.reason ?? refused.message)}`;
}

/** As it came, of a block that the client knows: one that was just undone is not. */
async function askVerified(client: Client, query: Query): Promise<FoundRaw> {
  for (let asked = 1; ; asked++) {
    const raw = await client.ask(query);
    await client.follow();
    const honest = client.verifyFind(query, raw);
    if (honest.ok) return raw;
    if (honest.code !== 'CLIENT_BEHIND' || asked === ASKED_MAX) throw new AppError('REFUSED', `${honest.code}: ${honest.message}`);
  }
}

function changeOneByte({ block, answer }: FoundRaw): FoundRaw {
  const part = answer.documentsProof === '' ? 'rangeProof' : 'documentsProof';
  const bytes = Buffer.from(answer[part], 'base64');
  // Seconds tick on: not the same byte each time.
  const at = systemClock.nowMs() % bytes.length;
  bytes[at] = (bytes[at] as number) ^ 1;
  return { block, answer: { ...answer, [part]: bytes.toString('base64') } };
}
