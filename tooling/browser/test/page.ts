/** What the page runs: a light client with nothing but the spec, the first header and the rules. */
import { createSposRules, sposParamsFromBytes } from '@vsys/consensus-spos/rules';
import { verifySignature } from '@vsys/crypto/verify';
import { chainSpecFromBytes, headerFromBytes } from '@vsys/data-format';
import type { Value } from '@vsys/data-format/value';
import { databaseId } from '@vsys/database/ops';
import { fromHex } from '@vsys/primitives';
import { type Client, ClientError, createClient } from '@vsys/rpc/client';

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

/** The test calls it in the page. */
Object.assign(globalThis, { run });

async function run({ url, spec: specHex, genesis: genesisHex, owner }: Given): Promise<Shown> {
  const spec = chainSpecFromBytes(fromHex(specHex));
  const genesis = headerFromBytes(fromHex(genesisHex));
  if (!spec.ok || !genesis.ok) throw new Error('the page was given something else than a chain');
  const params = sposParamsFromBytes(spec.value.consensus.params);
  if (!params.ok) throw new Error(params.message);
  using client = createClient({ url, trust: { spec: spec.value, genesis: genesis.value, rules: createSposRules(params.value, verifySignature) } });
  const { tip } = await client.follow();
  const base = { database: databaseId(fromHex(owner), 'shop'), collection: 'teas' };
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
