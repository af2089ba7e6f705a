import type { ChainId } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import { bodyToBytes, type ChainSpec, createTransaction, type Operation, type Transaction, type TransactionBody } from '@vsys/data-format';
import { COIN } from '@vsys/transaction';

export interface OperationsToSign {
  readonly chainId: ChainId;
  readonly lane: number;
  readonly sequence: bigint;
  readonly validUntil: number;
  readonly operations: readonly Operation[];
}

/** What one authorization adds to a body, and what the fee adds to it once it is known; rounded up. */
const ENVELOPE_BYTES = 192;
const COIN_GAS = 1_000n;
/** A patch may store a whole document anew and move every index entry of it. */
const OPERATION_GAS = 100_000n;
/** The smallest documents have 14 bytes and cost up to 340 gas in a collection of 16 indexes, beside what their bytes cost. */
const GAS_PER_PAYLOAD_BYTE = 30n;

/** Bytes that the payloads of one transaction may have together on this chain. */
export function payloadBytesMax({ limits }: ChainSpec): number {
  return limits.transactionBytesMax - ENVELOPE_BYTES - 128;
}

/** More than these operations can use, so that they never end for want of gas; what is not used is not paid. */
export function gasBound(operations: readonly Operation[]): bigint {
  return operations.reduce((sum, { container, payload }) => sum + (container === COIN ? COIN_GAS : OPERATION_GAS + GAS_PER_PAYLOAD_BYTE * BigInt(payload.length)), 0n);
}

/** The most that a transaction with a few small operations can cost. */
export function feeBound({ fees }: ChainSpec, operations: readonly Operation[]): bigint {
  const bytes = operations.reduce((sum, { container, payload }) => sum + container.length + payload.length + 32, ENVELOPE_BYTES + 160);
  return fees.perByte * BigInt(bytes) + fees.perGas * gasBound(operations);
}

/** Signs operations of one key, with gas and fee ceilings that the chain cannot find too low. */
export function signOperations({ limits, fees }: ChainSpec, signer: Signer, { chainId, lane, sequence, validUntil, operations }: OperationsToSign): Transaction {
  const bound = gasBound(operations);
  const gasMax = bound < limits.blockGasMax ? bound : limits.blockGasMax;
  const body: TransactionBody = { chainId, payer: signer.account, lane, sequence, validUntil, gasMax, feeMax: 0n, operations };
  const feeMax = fees.perByte * BigInt(bodyToBytes(body).length + ENVELOPE_BYTES) + fees.perGas * gasMax;
  return createTransaction({ ...body, feeMax }, [signer]);
}
