import { accept, type Height, toHex, type Verdict } from '@vsys/primitives';
import type { Chain } from '@vsys/consensus';
import { documentToJson } from '@vsys/data-format/value';
import { answerCount, answerQuery, answerToJson, explainQuery, type Query, verifyAnswer } from '@vsys/database-query';
import type { StateView } from '@vsys/state';
import { stateAt } from './chain-api-state.ts';
import type { ChainCalls } from './chain-api-calls.ts';
import { blockRefToJson } from './chain-json.ts';
import type { BlockRefJson } from './contract.ts';

interface Asked { readonly query: Query; readonly at?: Height | undefined }

/** The questions to the database. */
export function databaseCalls(chain: Chain): Pick<ChainCalls, 'db_find' | 'db_count' | 'db_documents' | 'db_explain'> {
  const ask = async <T extends object>({ query, at }: Asked, answer: (view: StateView, query: Query) => Promise<Verdict<T>>): Promise<Verdict<T & { readonly block: BlockRefJson }>> => {
    const found = await stateAt(chain, at);
    if (!found.ok) return found;
    const answered = await answer(found.value.view, query);
    return answered.ok ? accept({ block: blockRefToJson(found.value.at), ...answered.value }) : answered;
  };
  return {
    db_find: (asked) => ask(asked, async (view, query) => {
      const answered = await answerQuery(view, query);
      return answered.ok ? accept({ answer: answerToJson(answered.value) }) : answered;
    }),
    db_count: (asked) => ask(asked, async (view, query) => {
      const answered = await answerCount(view, query);
      return answered.ok ? accept({ answer: answerToJson(answered.value) }) : answered;
    }),
    db_documents: (asked) => ask(asked, readDocuments),
    db_explain: (asked) => ask(asked, async (view, query) => {
      const explained = await explainQuery(view, query);
      return explained.ok ? accept({ explanation: explained.value }) : explained;
    }),
  };
}

/** Through the same proofs as a client: there is one way from a query to its documents. */
async function readDocuments(view: StateView, query: Query): Promise<Verdict<{ tier: 'claimed'; documents: unknown[]; more: boolean; cursor?: string }>> {
  const answered = await answerQuery(view, query);
  if (!answered.ok) return answered;
  const read = verifyAnswer(view.root, query, answered.value);
  if (!read.ok) return read;
  const { documents, more, cursor } = read.value;
  return accept({
    tier: 'claimed', documents: documents.map(({ document }) => JSON.parse(documentToJson(document)) as unknown), more,
    ...(cursor === undefined ? {} : { cursor: toHex(cursor) }),
  });
}
