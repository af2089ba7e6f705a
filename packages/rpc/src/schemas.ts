import { base64, hex, type JsonSchema } from './params.ts';
import { object } from './params-object.ts';

const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer', minimum: 0 };
const hash = hex(32).schema;
const proof = base64().schema;
const amount: JsonSchema = { type: 'string', pattern: '^[0-9]+$' };
const blockRef = { height: whole, id: hash };
const head = object({ ...blockRef, timeMs: whole, stateRoot: hash });
const receipt = object({ status: { enum: ['ok', 'failed'] }, code: text, gasUsed: amount, feePaid: amount });
const evidence = object(
  { id: hash, height: whole, state: { enum: ['kept', 'sent', 'done', 'refused'] }, code: text, transaction: hash, operation: object({ container: text, payload: base64().schema }) },
  ['code', 'transaction', 'operation'],
);
const sortField = object({ path: text, direction: { enum: [1, -1] } });

type SchemaName = 'Amount' | 'BlockRef' | 'ChainInfo' | 'NodeStatus' | 'TransactionStatus' | 'Error' | 'SubmitResult' | 'Query' | 'Answer' | 'Explanation';

/** What several calls answer with, named once in the OpenRPC document. */
export const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  Amount: amount,
  BlockRef: object(blockRef),
  ChainInfo: object({ chainId: hash, name: text, module: text, genesis: object(blockRef), head, safe: object(blockRef), final: object(blockRef) }),
  NodeStatus: object({
    version: text, chainId: hash, head, safe: object(blockRef), final: object(blockRef), peers: whole, syncing: { type: 'boolean' },
    pool: object({ transactions: whole, bytes: whole }), consensus: { type: 'object' }, evidence: { type: 'array', items: evidence }, uptimeMs: { type: 'number', minimum: 0 },
  }),
  TransactionStatus: {
    oneOf: [
      object({ kind: { enum: ['unknown', 'pooled'] } }),
      object({ kind: { const: 'dropped' }, code: text }),
      object({ kind: { enum: ['included', 'safe', 'final'] }, height: whole, blockId: hash, index: whole, receipt }),
    ],
  },
  Error: object({ code: text, message: text, remedy: text, data: { type: 'object' } }, ['data']),
  SubmitResult: {
    oneOf: [object({ id: hash, status: { enum: ['pooled', 'known'] } }), object({ error: { $ref: '#/components/schemas/Error' } })],
  },
  Query: object(
    { database: hex(20).schema, collection: text, filter: { type: 'object' }, sort: { type: 'array', items: sortField }, limit: { type: 'integer', minimum: 1, maximum: 1_000 }, after: { type: 'string' } },
    ['filter', 'sort', 'limit', 'after'],
  ),
  Answer: object({ collectionProof: proof, rangeProof: proof, documentsProof: proof }),
  Explanation: object(
    { via: { enum: ['key', 'collection', 'index'] }, index: text, reverse: { type: 'boolean' }, equals: { type: 'array', items: text }, bounded: text, tier: { const: 'proven' }, others: { type: 'array', items: object({ index: text, why: text }) } },
    ['index', 'bounded', 'others'],
  ),
};

export function schemaOf(name: SchemaName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
