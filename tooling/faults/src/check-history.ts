import type { Value } from '@vsys/data-format/value';
import type { StoredDocument } from '@vsys/database/layout';
import type { Query } from '@vsys/database-query/verify';
import { type Client, createClient, type Trust } from '@vsys/rpc/client';
import { COLLECTION, COUNTER, GROUPS, type Write, type WriteLoad } from './write-load.ts';
import type { NodeWatch } from './watch-node.ts';

export interface CheckedNode {
  readonly name: string;
  readonly url: string;
  readonly watch: NodeWatch | undefined;
}

export interface HistoryFigures {
  readonly blocks: number;
  readonly documents: number;
  readonly answers: number;
}

/**
 * Holds every node to what clients were told: each write that was told final is in the block that was named, its effect is in the proven state, found along
 * every index, and the subscriptions told the same chain. All writes are final when this is called.
 *
 * @returns what does not hold
 */
export async function checkHistory(nodes: readonly CheckedNode[], trust: Trust, load: WriteLoad, clients: number): Promise<{ readonly problems: readonly string[]; readonly figures: HistoryFigures }> {
  const problems: string[] = [...load.broken];
  let answers = 0;
  const finals = new Map<string, string>();
  const chains = new Map<number, string>();
  let documents = 0;
  for (const node of nodes) {
    using client = createClient({ url: node.url, trust });
    const say = (what: string): void => void problems.push(`${node.name}: ${what}`);
    for (const write of load.writes) {
      const status = await client.status(write.id);
      answers++;
      if (status.kind !== 'final') {
        say(`write ${write.id.slice(0, 12)}${toldOf(write)} is ${status.kind}`);
        continue;
      }
      const place = `${status.height} ${status.blockId}`;
      const told = write.told.get('final');
      if (told !== undefined && `${told.height} ${told.blockId}` !== place) say(`write ${write.id.slice(0, 12)} was told final at ${told.height} ${told.blockId.slice(0, 12)} and is at ${place.slice(0, 20)}`);
      if ((finals.get(write.id) ?? place) !== place) say(`write ${write.id.slice(0, 12)} is final at ${place.slice(0, 20)}, elsewhere at ${finals.get(write.id)?.slice(0, 20)}`);
      finals.set(write.id, place);
    }
    answers += await checkChain(client, node, chains, say);
    const found = await checkDocuments(client, load, say);
    answers += found.answers;
    documents = found.documents;
    for (let one = 1; one < clients; one++) {
      const { balance } = await client.account(load.sinkOf(one).account);
      const sent = load.writes.reduce((sum, { client: from, what }) => (from === one && what.kind === 'transfer' ? sum + what.amount : sum), 0n);
      if (balance !== sent) say(`client ${one} paid ${sent} in transfers that are final, and ${balance} are proven to be there`);
    }
  }
  return { problems, figures: { blocks: chains.size, documents, answers } };
}

function toldOf({ told }: Write): string {
  const final = told.get('final');
  return final === undefined ? '' : `, told final by node ${final.node} at height ${final.height},`;
}

/** One chain, one state root at each height, and subscriptions that told it. */
async function checkChain(client: Client, { watch }: CheckedNode, chains: Map<number, string>, say: (what: string) => void): Promise<number> {
  const { final } = await client.call('chain_info', {});
  for (let height = 1; height <= final.height; height++) {
    const { block, header } = await client.call('chain_block', { height });
    // The header names the state root, so equal headers are equal roots.
    const mine = `${block.id} ${header}`;
    const other = chains.get(height);
    if (other !== undefined && other !== mine) say(`final at height ${height} is ${block.id.slice(0, 12)}, another node has ${other.slice(0, 12)}`);
    chains.set(height, mine);
  }
  const idAt = (height: number): string | undefined => chains.get(height)?.split(' ')[0];
  for (const one of watch?.branch ?? []) if (one.height > 0 && one.height <= final.height && idAt(one.height) !== one.id) say(`its heads told ${one.id.slice(0, 12)} at height ${one.height} and never took it back`);
  for (const one of watch?.finals ?? []) if (one.height > 0 && idAt(one.height) !== undefined && idAt(one.height) !== one.id) say(`it told ${one.id.slice(0, 12)} final at height ${one.height}, which is ${idAt(one.height)?.slice(0, 12)}`);
  for (const one of watch?.broken ?? []) say(one);
  return final.height;
}

/** The same documents along every index, proven, and all of them. */
async function checkDocuments(client: Client, load: WriteLoad, say: (what: string) => void): Promise<{ readonly documents: number; readonly answers: number }> {
  const inserts = load.writes.flatMap(({ what }) => (what.kind === 'insert' ? [what] : []));
  const base = { database: load.database, collection: COLLECTION };
  const wanted = new Map(inserts.map((what) => [what.key, `${what.key} k-${what.key} ${what.group} ${what.number}`]));
  const text = ({ document }: StoredDocument): string => ['_id', 'key', 'group', 'number'].map((field) => String(document.get(field))).join(' ');
  const all = async (query: Query): Promise<StoredDocument[]> => {
    const found: StoredDocument[] = [];
    for await (const one of client.findAll(query)) found.push(one);
    return found;
  };
  const compare = (along: string, found: readonly StoredDocument[]): void => {
    const texts = new Map(found.filter(({ document }) => document.get('_id') !== COUNTER).map((one) => [String(one.document.get('_id')), text(one)]));
    for (const [key, expected] of wanted) if (texts.get(key) !== expected) say(`document ${key}, whose insert is final, along ${along}: ${texts.get(key) ?? 'proven to be absent'}`);
    for (const key of texts.keys()) if (!wanted.has(key)) say(`document ${key} along ${along}: nobody inserted it`);
  };
  compare('_id', await all({ ...base, filter: new Map() }));
  compare('number', await all({ ...base, filter: new Map([['number', new Map<string, Value>([['$gte', 0n]])]]), sort: [{ path: 'number', direction: 1 }] }));
  const groups: StoredDocument[] = [];
  for (let group = 0; group < GROUPS; group++) groups.push(...(await all({ ...base, filter: new Map<string, Value>([['group', `g${group}`]]) })));
  compare('group', groups);
  const unique: StoredDocument[] = [];
  for (const { key } of inserts) unique.push(...(await client.find({ ...base, filter: new Map<string, Value>([['key', `k-${key}`]]) })).documents);
  compare('key', unique);
  const counts = load.writes.filter(({ what }) => what.kind === 'count').length;
  const counter = (await client.find({ ...base, filter: new Map<string, Value>([['_id', COUNTER]]) })).documents[0];
  if (Number(counter?.document.get('count') ?? 0) !== counts) say(`${counts} increments are final, and the counter is ${String(counter?.document.get('count'))}`);
  return { documents: wanted.size, answers: inserts.length + GROUPS + 3 };
}
