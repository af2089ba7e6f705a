import { costOf } from '@vsys/client/cost';
import type { ChainId } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import { type ChainSpec, createTransaction, type Operation, type Transaction } from '@vsys/data-format';

export interface OperationsToSign {
  readonly chainId: ChainId;
  readonly lane: number;
  readonly sequence: bigint;
  readonly validUntil: number;
  readonly operations: readonly Operation[];
}

/** Signs operations of one key, with gas and fee ceilings that the chain cannot find too low. */
export function signOperations(spec: ChainSpec, signer: Signer, { chainId, lane, sequence, validUntil, operations }: OperationsToSign): Transaction {
  const body = { chainId, payer: signer.account, lane, sequence, validUntil, operations };
  const { gasMax, feeMax } = costOf(spec, body);
  return createTransaction({ ...body, gasMax, feeMax }, [signer]);
}
