import { type Hash, type Verdict, accept, refuse } from '@vsys/primitives';
import { copy, dropDefaults } from './fields.ts';
import { codecOf, decodeCanonical, type FormatCode } from './gate.ts';
import { listRoot } from './merkle-list.ts';
import type { Receipt } from './model.ts';
import { transactionBytesMax } from './transaction.ts';

export function receiptToBytes({ status, code, gasUsed, feePaid, results }: Receipt): Uint8Array {
  // An empty result is a value here, and protobuf keeps empty entries of a list.
  return codecOf('Receipt').encode(dropDefaults({ failed: status === 'failed', code, gasUsed, feePaid, results }));
}

export function receiptFromBytes(bytes: Uint8Array): Verdict<Receipt, FormatCode> {
  return decodeCanonical<Receipt>('Receipt', bytes, transactionBytesMax, (fields) => {
    const status = fields.flag('failed') ? 'failed' : 'ok';
    const code = fields.text('code');
    if ((status === 'ok') !== (code === '')) return refuse('FORMAT_FIELD', 'Receipt.code is there exactly when it failed');
    return accept({ status, code, gasUsed: fields.uint64('gasUsed'), feePaid: fields.uint64('feePaid'), results: (fields.list('results') as Uint8Array[]).map(copy) });
  }, receiptToBytes);
}

export function receiptsRoot(receipts: readonly Receipt[]): Hash {
  return listRoot('v/receipts', receipts.map(receiptToBytes));
}
