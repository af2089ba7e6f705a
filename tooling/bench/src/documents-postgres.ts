import type pg from 'pg';
import { assertRows, type DocumentsSide, RANGE_ROWS, spent } from './documents-sides.ts';
import { jsonOf400 } from './document-of-400.ts';
import type { Postgres } from './postgres.ts';

/** A table of jsonb with a primary key and the same three indexes, as B-trees over expressions. */
const TABLE = [
  'CREATE TABLE documents (id bigint PRIMARY KEY, doc jsonb NOT NULL)',
  `CREATE UNIQUE INDEX by_id ON documents (((doc->>'cityId')::bigint))`,
  `CREATE INDEX by_place ON documents ((doc->>'country'), ((doc->>'population')::bigint) DESC)`,
  `CREATE INDEX by_name ON documents ((doc->>'name'))`,
];

const INSERT = `INSERT INTO documents SELECT (d->>'_id')::bigint, d FROM jsonb_array_elements($1::jsonb) AS d`;
const GET = 'SELECT doc FROM documents WHERE id = $1';
const RANGE = `SELECT doc FROM documents WHERE doc->>'country' = $1 ORDER BY (doc->>'population')::bigint DESC LIMIT ${RANGE_ROWS}`;
const UPDATE = `UPDATE documents SET doc = jsonb_set(doc, '{population}', to_jsonb((doc->>'population')::bigint + 1)) WHERE id = $1`;

/** One connection, prepared statements, a commit for each statement, as durable as the server is by itself: synced. */
export async function openDocumentsPostgres({ client, cpuMs }: Postgres): Promise<DocumentsSide> {
  await client.query('DROP TABLE IF EXISTS documents');
  for (const statement of TABLE) await client.query(statement);
  return {
    insert(first, batches) {
      let at = first;
      const texts = batches.map((rows) => `[${Array.from({ length: rows }, () => jsonOf400(at++)).join(',')}]`);
      return spent(cpuMs, async () => {
        for (const [i, text] of texts.entries()) assertRows((await client.query({ name: 'insert', text: INSERT, values: [text] })).rowCount, batches[i] as number);
      });
    },
    get: (ids) => each(ids, GET, 'get', 1),
    range: (countries) => each(countries, RANGE, 'range', RANGE_ROWS),
    update: (ids) => each(ids, UPDATE, 'update', 1),
  };

  function each(values: readonly (string | number)[], text: string, name: string, rows: number): ReturnType<DocumentsSide['get']> {
    return spent(cpuMs, async () => {
      for (const value of values) assertRows((await client.query({ name, text, values: [value] })).rowCount, rows);
    });
  }
}

/** Bytes on disk of the table, and of its four indexes. */
export async function postgresBytes(client: pg.Client): Promise<{ readonly table: number; readonly indexes: number }> {
  const { rows } = await client.query<{ table: string; indexes: string }>(`SELECT pg_table_size('documents') AS table, pg_indexes_size('documents') AS indexes`);
  return { table: Number(rows[0]?.table), indexes: Number(rows[0]?.indexes) };
}
