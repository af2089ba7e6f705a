import { prefixEnd } from '@vsys/primitives';
import type { Value } from '@vsys/data-format/value';
import { documentFromRecord, documentPrefix } from '@vsys/database/layout';
import type { BlockRefJson } from '@vsys/rpc';
import type { ProvenChanges } from '@vsys/rpc/client';
import { clientFailureOfRpc } from './client-failure.ts';
import type { IdOf, Stored } from './collection-types.ts';
import { proofOf, type ReadOptions, type ReadPlace } from './read-rows.ts';
import { stamp } from './stamp.ts';
import { fromDocument, fromValue } from './values.ts';

/** Changes of one answer. */
const PAGE = 500;

/** A document that is not the same at two heights. `before` is missing when it came, `after` when it went. */
export interface Difference<T> {
  readonly id: IdOf<T>;
  readonly before?: Stored<T>;
  readonly after?: Stored<T>;
}

/** All of them, answer after answer, of the same two blocks. */
export async function* readDifferences<T extends object>(place: ReadPlace, since: number, { asOf, signal }: Pick<ReadOptions, 'asOf' | 'signal'>): AsyncGenerator<Difference<T>, void, void> {
  const { client, database, collection } = place;
  const prefix = documentPrefix(database, collection);
  const to = prefixEnd(prefix) as Uint8Array;
  let first: ProvenChanges | undefined;
  for (let from: Uint8Array | undefined = prefix; from !== undefined;) {
    const part: ProvenChanges = await client.changes({ from, to }, since, PAGE, { at: first?.block.height ?? asOf, signal });
    if (first !== undefined && (part.block.id !== first.block.id || part.since.id !== first.since.id)) throw clientFailureOfRpc('CLIENT_BEHIND', 'a block was undone while its changes were read; begin again', { block: first.block });
    first ??= part;
    for (const { before, after } of part.changes) {
      const record = (after ?? before) as Uint8Array;
      yield {
        id: fromValue(documentFromRecord(record).document.get('_id') as Value) as IdOf<T>,
        ...(before === undefined ? {} : { before: documentAt(before, part.since) }), ...(after === undefined ? {} : { after: documentAt(after, part.block) }),
      };
    }
    from = part.end;
  }

  function documentAt(record: Uint8Array, block: BlockRefJson): Stored<T> {
    const { document, version, height } = documentFromRecord(record);
    return stamp(fromDocument(document) as Stored<T> & object, { version, height, block, proof: proofOf(place, block, true) });
  }
}
