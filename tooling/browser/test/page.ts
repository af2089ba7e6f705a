/** What the page runs: a light client with nothing but the spec, the first header and the rules. */
import { createSposRules, sposParamsFromBytes } from '@vsys/consensus-spos/rules';
import { verifySignature } from '@vsys/crypto/verify';
import { chainSpecFromBytes, headerFromBytes, sealedHeaderFromBytes } from '@vsys/data-format';
import type { Value } from '@vsys/data-format/value';
import { databaseId } from '@vsys/database/ops';
import { fromHex, toHex } from '@vsys/primitives';
import { type Client, ClientError, createClient, type Trust } from '@vsys/rpc/client';

export interface Given {
  readonly url: string;
  /** Hex, as somebody who is trusted hands them out. */
  readonly spec: string;
  readonly genesis: string;
  readonly owner: string;
}

export interface Shown {
  readonly headers: number;
  readonly names: readonly unknown[];
  readonly absent: number;
  readonly count: string;
  readonly proofBytes: number;
  readonly changed: string;
  readonly unknownCollection: string;
  readonly heads: number;
}

export interface Followed {
  /** Where the client began: what the page of before kept, or genesis. */
  readonly began: number;
  /** Lowest height of the headers that the node sent. */
  readonly lowest: number;
  readonly tip: number;
  readonly count: string;
}

/** The test calls them in the page. */
Object.assign(globalThis, { run, goOn });

const KEPT = 'checkpoint';

/** Follows from the checkpoint that the page of before kept, and keeps one for the page to come. */
async function goOn(given: Given): Promise<Followed> {
  const sent: string[] = [];
  // The client takes the global one when it is made.
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (String(init?.body).includes('"chain_headers"')) sent.push(...((await answer.clone().json()) as { result: { headers: readonly string[] } }).result.headers);
    return answer;
  };
  const kept = localStorage.getItem(KEPT);
  using client = createClient({ url: given.url, trust: { ...trustOf(given), ...(kept === null ? {} : { checkpoint: fromHex(kept) }) } });
  const began = client.followed.tip.height;
  const { tip } = await client.follow();
  const { count } = await client.count({ ...teas(given), filter: new Map() });
  localStorage.setItem(KEPT, toHex(client.checkpoint()));
  globalThis.fetch = fetch;
  return { began, lowest: Math.min(...sent.map(heightOf)), tip: tip.height, count: String(count) };
}

function heightOf(base64: string): number {
  const read = sealedHeaderFromBytes(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  if (!read.ok) throw new Error(read.message);
  return read.value.header.height;
}

function teas({ owner }: Given): { readonly database: Uint8Array; readonly collection: string } {
  return { database: databaseId(fromHex(owner), 'shop'), collection: 'teas' };
}

function trustOf({ spec: specHex, genesis: genesisHex }: Given): Trust {
  const spec = chainSpecFromBytes(fromHex(specHex));
  const genesis = headerFromBytes(fromHex(genesisHex));
  if (!spec.ok || !genesis.ok) throw new Error('the page was given something else than a chain');
  const params = sposParamsFromBytes(spec.value.consensus.params);
  if (!params.ok) throw new Error(params.message);
  return { spec: spec.value, genesis: genesis.value, rules: createSposRules(params.value, verifySignature) as Trust['rules'] };
}

async function run(given: Given): Promise<Shown> {
  using client = createClient({ url: given.url, trust: trustOf(given) });
  const { tip } = await client.follow();
  const base = teas(given);
  const found = await client.find({ ...base, filter: new Map<string, Value>([['_id', 1]]) });
  const absent = await client.find({ ...base, filter: new Map<string, Value>([['_id', 99]]) });
  const { count } = await client.count({ ...base, filter: new Map() });
  const raw = await client.ask({ ...base, filter: new Map<string, Value>([['_id', 2]]) });
  await client.follow();
  // The first letter is not that of a padding: another one there is another byte of the proof.
  const { documentsProof } = raw.answer;
  const lie = client.verifyFind({ ...base, filter: new Map<string, Value>([['_id', 2]]) }, { ...raw, answer: { ...raw.answer, documentsProof: `${documentsProof.startsWith('A') ? 'B' : 'A'}${documentsProof.slice(1)}` } });
  return {
    headers: tip.height, names: found.documents.map(({ document }) => document.get('name')), absent: absent.documents.length, count: String(count), proofBytes: found.proofBytes,
    changed: lie.ok ? 'accepted' : lie.code,
    unknownCollection: await client.find({ ...base, collection: 'none', filter: new Map() }).then(() => 'found', (error: unknown) => (error instanceof ClientError ? error.code : String(error))),
    heads: await countHeads(client, 2),
  };
}

async function countHeads(client: Client, enough: number): Promise<number> {
  let heads = 0;
  for await (const event of client.subscribe({ topic: 'heads' })) if (event.topic === 'heads' && ++heads >= enough) break;
  return heads;
}
