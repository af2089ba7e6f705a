import type { Signer } from '@vsys/crypto';
import { createTransaction, transactionToBytes } from '@vsys/data-format';
import { transfer } from '@vsys/transaction';

/** Signed transfers in turns of the senders, each to the next of them: valid in this order on a chain where they are the first. */
export function signTransfers(chainId: Uint8Array, senders: readonly Signer[], count: number, first = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const at = first + i;
    const sender = senders[at % senders.length] as Signer;
    const to = senders[(at * 7 + 1) % senders.length] as Signer;
    const sequence = BigInt(Math.floor(at / senders.length));
    const body = { chainId, payer: sender.account, lane: 0, sequence, validUntil: 1_000_000, feeMax: 1_000n, gasMax: 200n, operations: [transfer(to.account, 1n)] };
    return transactionToBytes(createTransaction(body, [sender]));
  });
}
