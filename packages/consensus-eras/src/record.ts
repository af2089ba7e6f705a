import { accept, concatBytes, equalBytes, refuse, toHex, uint32ToBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import type { ChainId, Height, Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { checkEras } from './params.ts';
import type { Era } from './params.ts';

/**
 * An era that the spec of a chain does not have, agreed on by its operators while it runs: each gives the same record to the node. Who has it ends the last
 * era with it; nobody who does not have it goes on.
 */
export interface EraRecord {
  readonly chainId: ChainId;
  /** Of the last block of the era that is the last without this record. */
  readonly lastHeight: Height;
  readonly module: string;
  /** In the module's own bytes. */
  readonly params: Uint8Array;
}

/** What headers carry of a record: the hash of version 1 (1), chain id (32), last height (8), module behind its length (1), parameters behind theirs (4). */
export function eraRecordHash({ chainId, lastHeight, module, params }: EraRecord): Uint8Array {
  const name = utf8ToBytes(module);
  return taggedHash('v/eras/record', concatBytes(Uint8Array.of(1), chainId, uint64ToBytes(BigInt(lastHeight)), Uint8Array.of(name.length), name, uint32ToBytes(params.length), params));
}

/** An era, and what ended it when that was not the spec. */
export interface EndedEra extends Era {
  readonly endedBy?: Uint8Array;
}

/** The eras of the spec with those of the records behind them, in the order of their heights. */
export function withRecords(eras: readonly Era[], chainId: ChainId, records: readonly EraRecord[]): Verdict<readonly EndedEra[]> {
  const all: EndedEra[] = [...eras];
  for (const record of records.toSorted((a, b) => a.lastHeight - b.lastHeight)) {
    if (!equalBytes(record.chainId, chainId)) return refuse('ERAS_RECORD', `the era record after height ${record.lastHeight} is for chain ${toHex(record.chainId)}, this is ${toHex(chainId)}`);
    const last = all.pop();
    if (last === undefined) break;
    all.push({ ...last, lastHeight: record.lastHeight, endedBy: eraRecordHash(record) }, { module: record.module, params: record.params, lastHeight: undefined });
  }
  const checked = checkEras(all);
  return checked.ok ? accept(all) : refuse('ERAS_RECORD', `with the era records the eras do not fit: ${checked.message}`);
}
