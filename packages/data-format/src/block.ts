import { type Hash, type Verdict, accept, refuse } from '@vsys/primitives';
import { copy, dropDefaults } from './fields.ts';
import { codecOf, decodeCanonical, type FormatCode } from './gate.ts';
import { headerFromBytes, headerToBytes } from './header.ts';
import { listRoot } from './merkle-list.ts';
import type { Block } from './model.ts';

export const blockTransactionsMax = 100_000;
/** What the codec reads at most; a chain's own limit is lower. */
export const blockBytesMax: number = 64 << 20;

export function blockToBytes({ header, seal, transactions }: Block): Uint8Array {
  return codecOf('Block').encode(dropDefaults({ header: headerToBytes(header), seal, transactions }));
}

export function blockFromBytes(bytes: Uint8Array, bytesMax: number = blockBytesMax): Verdict<Block, FormatCode> {
  return decodeCanonical<Block>('Block', bytes, bytesMax, (fields) => {
    const header = headerFromBytes(fields.bytes('header'));
    if (!header.ok) return header;
    const transactions = fields.list('transactions') as readonly Uint8Array[];
    if (transactions.length > blockTransactionsMax) return refuse('FORMAT_FIELD', `Block.transactions has ${transactions.length} entries, at most ${blockTransactionsMax} are allowed`);
    return accept({ header: header.value, seal: fields.bytes('seal'), transactions: transactions.map(copy) });
  }, blockToBytes);
}

export function bodyRoot(transactions: readonly Uint8Array[]): Hash {
  return listRoot('v/body', transactions);
}
