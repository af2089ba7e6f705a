import { accountToHex, createInlineVerifier } from '@vsys/crypto';
import { type Transaction, transactionFromBytes, transactionId } from '@vsys/data-format';
import { toHex } from '@vsys/primitives';
import { ClientError } from '@vsys/rpc/client';
import { checkSignatures } from '@vsys/transaction';
import { describeOperation } from './describe-operation.ts';

export interface TransactionDescription {
  readonly id: string;
  readonly chainId: string;
  readonly payer: string;
  readonly lane: number;
  readonly sequence: bigint;
  readonly validUntil: number;
  readonly feeMax: bigint;
  readonly gasMax: bigint;
  readonly bytes: number;
  readonly operations: readonly string[];
  /** Whether every signature in it verifies; who had to sign is for the chain to say. */
  readonly signed: boolean;
}

/** @throws ClientError TX_MALFORMED */
export function readTransaction(bytes: Uint8Array, what: string): Transaction {
  const read = transactionFromBytes(bytes);
  if (!read.ok) throw new ClientError('TX_MALFORMED', `${what} is not a signed transaction: ${read.message}`, { remedy: 'give the canonical bytes, as vsys tx sign writes them' });
  return read.value;
}

/** What a transaction is, from its bytes alone. */
export async function describeTransaction(bytes: Uint8Array, what: string): Promise<TransactionDescription> {
  const transaction = readTransaction(bytes, what);
  const id = transactionId(transaction.bodyBytes);
  const { chainId, payer, lane, sequence, validUntil, feeMax, gasMax, operations } = transaction.body;
  const [refused] = await checkSignatures(createInlineVerifier(), [{ id, idHex: toHex(id), bytes, transaction, signers: [] }]);
  return {
    id: toHex(id), chainId: toHex(chainId), payer: accountToHex(payer), lane, sequence, validUntil, feeMax, gasMax, bytes: bytes.length,
    operations: operations.map(describeOperation), signed: refused === undefined,
  };
}

export function transactionRows({ id, chainId, payer, lane, sequence, validUntil, feeMax, gasMax, bytes, operations, signed }: TransactionDescription): string[][] {
  return [
    ['transaction', id], ['chain', chainId], ['payer', payer], ['sequence', `${sequence} of lane ${lane}`],
    ['valid until', `height ${validUntil}`], ['at most', `${feeMax} of fee, ${gasMax} gas`],
    ...operations.map((text, i) => [i === 0 ? 'does' : '', text]),
    ['signatures', `${signed ? 'all good' : 'NOT good'}; ${bytes} bytes in all`],
  ];
}
