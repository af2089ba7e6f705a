import { type Document, encodeDocument } from '@vsys/data-format/value';
import { ClientError } from '@vsys/rpc/client';

/** What one operation of the container takes. */
export const databaseLimits = { documentsPerOperationMax: 1_000 } as const;

/** Documents in their order, in groups that a transaction takes. */
export function packDocuments(documents: readonly Document[], bytesMax: number, countMax: number): readonly (readonly Document[])[] {
  const groups: Document[][] = [];
  let bytes = 0;
  for (const document of documents) {
    const encoded = encodeDocument(document);
    if (!encoded.ok) throw new ClientError('DB_VALUE', encoded.message, { reason: encoded.code });
    const open = groups.at(-1);
    bytes += encoded.value.length;
    if (open === undefined || open.length === countMax || bytes > bytesMax) {
      groups.push([document]);
      bytes = encoded.value.length;
    } else open.push(document);
  }
  return groups;
}
