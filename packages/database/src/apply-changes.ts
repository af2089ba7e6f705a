import { accept, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { countChanges } from './count-changes.ts';
import type { DatabaseCode } from './create-database-container.ts';
import { DATABASE_PARAMS_KEY, databaseParamsFromRecord } from './database-params.ts';
import { holdDeposits, type Place } from './deposits.ts';
import type { DocumentMeta } from './document-record.ts';
import { expireLater } from './expiry.ts';
import { databaseGas } from './gas.ts';
import { type Change, entryMoves, writeEntries } from './index-entries.ts';
import { documentToRecord } from './layout.ts';
import { countWindow } from './quota.ts';
import { checkSchemas } from './schema-setting.ts';

/** What changes are done with: by an operation, or at the end of a block, where nobody pays. */
export type ChangeContext = Pick<OperationContext, 'state' | 'gas' | 'block' | 'payer'>;

/** Where documents change, whoever asks: the schema, entries of indexes, deposits, quotas, counts, expiry, and last the documents. */
export function applyChanges(changes: readonly Change[], place: Place, context: ChangeContext): Verdict<void, DatabaseCode> {
  const { database, collection, collectionRecord } = place;
  const params = databaseParamsFromRecord(context.state.get(DATABASE_PARAMS_KEY));
  const fits = checkSchemas(changes, collectionRecord, context);
  if (!fits.ok) return fits;
  const moves = entryMoves(database, collection, collectionRecord.indexes, changes, context.gas);
  if (!moves.ok) return moves;
  const entered = writeEntries(moves.value, context);
  if (!entered.ok) return entered;
  const held = holdDeposits(changes, moves.value, place, params, context);
  if (!held.ok) return held;
  const counted = countChanges(changes, place, context);
  if (!counted.ok) return counted;
  const windowed = countWindow(changes.reduce((sum, { after }) => sum + BigInt(after?.bson.length ?? 0), 0n), params, context);
  if (!windowed.ok) return windowed;
  writeDocuments(changes, expireLater(changes, held.value, place, context), context);
  return accept(undefined);
}

function writeDocuments(changes: readonly Change[], metas: readonly DocumentMeta[], { state, gas, block }: ChangeContext): void {
  for (const [i, { key, version, after }] of changes.entries()) {
    gas.charge(databaseGas.keyWrite + databaseGas.storedByte * BigInt(after?.bson.length ?? 0));
    state.set(key, after === undefined ? undefined : documentToRecord(version, block.height, after.bson, metas[i]));
  }
}
