import { concatBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { containerPrefix } from '@vsys/container';

/** What belongs to no database lies where one of this id would: a hash that no owner and name lead to. */
const SYSTEM = concatBytes(containerPrefix('database'), taggedHash('v/database-system').subarray(0, 20));
const AREA = { work: 0, workList: 1, params: 2, ledger: 3, ledgerEntry: 4, ledgerPlace: 5, window: 6, once: 7 } as const;

/** Key of the container's own records: docs/spec/database.md, "Work at the end of a block". */
export function systemKey(area: keyof typeof AREA, ...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(SYSTEM, Uint8Array.of(AREA[area]), ...parts);
}
