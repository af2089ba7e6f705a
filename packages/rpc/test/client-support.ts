import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createPoa } from '@vsys/consensus-poa';
import { verifySignature } from '@vsys/crypto';
import { chainId } from '@vsys/data-format';
import type { Document } from '@vsys/data-format/value';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import type { Query } from '@vsys/database-query/verify';
import type { VirtualTime } from '@vsys/primitives';
import type { Trust } from '../src/client.ts';
import type { NodeStatus } from '../src/contract.ts';
import { answerJsonRpc } from '../src/json-rpc.ts';
import { type ChainApi, createChainApi, createRpcServer } from '../src/server.ts';
import { pass, rich, type Running, signed, spec } from './support.ts';

/** What a user of the chain has before meeting any node of it. */
export function trustIn({ chain }: Running): Trust {
  const opened = createPoa({ verifySignature }).open(spec.consensus.params, chainId(spec));
  if (!opened.ok) throw new RangeError(opened.message);
  return { spec, genesis: chain.genesis.header, rules: opened.value.rules };
}

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

export const apiOf = ({ chain }: Running): ChainApi => createChainApi({ chain, nodeStatus: () => ({ version: '0.0.0' }) as NodeStatus });

/** The server of a node. */
export async function serve(node: Running, port = 0, api: ChainApi = apiOf(node)): Promise<Served> {
  const server = createRpcServer({ host: '127.0.0.1', port }, { api, ready: () => ({ ready: true }), metricsText: async () => '' });
  return { ...await server.start(), [Symbol.asyncDispose]: () => server.stop() };
}

/** Makes of the honest answer what is sent; true when it answered, or will not, by itself. */
export type Lie = (answer: string, method: string, response: ServerResponse) => string | true;

/** A server that answers as a node does, then lies. */
export async function serveLies(api: ChainApi, lie: Lie): Promise<Served> {
  const server = createServer((request, response) => {
    void text(request).then(async (sent) => {
      const { method } = JSON.parse(sent) as { method: string };
      const answer = await answerJsonRpc(sent, (name, params) => api.call(name, params));
      const told = lie(answer ?? '', method, response);
      if (told !== true) response.end(told);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`, port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => void server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Changes the result of one method, as JSON. */
export function changing<T>(name: string, change: (result: T) => unknown): Lie {
  return (answer, method) => {
    if (method !== name) return answer;
    const { result, ...rest } = JSON.parse(answer) as { result: T };
    return JSON.stringify({ ...rest, result: change(result) });
  };
}

export const database: Uint8Array = databaseId(rich.account, 'world');
export const people: ReturnType<typeof collectionOps> = collectionOps(database, 'people');
export const person = (i: number): Document => new Map<string, string | bigint>([['_id', `p${String(i).padStart(3, '0')}`], ['age', BigInt(i % 9)]]);
export const ofAge = (age: bigint): Query => ({ database, collection: 'people', filter: new Map([['age', age]]) });

/** 40 people, by age 0 to 8, with an index on it; uses sequences 0 and 1. */
export async function fill(time: VirtualTime, node: Running): Promise<void> {
  const operations = [[createDatabase('world'), people.create([{ name: 'age', unique: false, fields: [{ path: 'age', direction: 1 }] }])], [people.insert(Array.from({ length: 40 }, (_, i) => person(i)))]];
  const verdicts = await node.chain.submit(operations.map((one, i) => bytesOf(signed(BigInt(i), one).bytes)));
  if (verdicts.some(({ ok }) => !ok)) throw new RangeError(JSON.stringify(verdicts));
  await pass(time, [node], 4_000);
}

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** The error that a promise must end with, as a plain object. */
export async function failureOf(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string; readonly remedy: string; readonly data: Readonly<Record<string, unknown>> }> {
  const thrown: unknown = await work.then((value) => { throw new RangeError(`it did not fail: ${String(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one))).slice(0, 200)}`); }, (error: unknown) => error);
  const { code, message, remedy, data } = thrown as { code: string; message: string; remedy: string; data: Record<string, unknown> };
  if (code === undefined) throw thrown;
  return { code, message, remedy, data };
}
