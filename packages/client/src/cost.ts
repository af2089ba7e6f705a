import { bodyToBytes, type ChainSpec, type Operation, type TransactionBody } from '@vsys/data-format';
import { COIN } from '@vsys/transaction/layout';

/** What one authorization adds to a body, and what the fee adds to it once it is known; rounded up. */
const ENVELOPE_BYTES = 192;
/** Fields of a body beside its operations, at their longest. */
const BODY_BYTES = 128;
const COIN_GAS = 1_000n;
/** A patch may store a whole document anew and move every index entry of it. */
const OPERATION_GAS = 100_000n;
/** The smallest documents have 14 bytes and cost up to 340 gas in a collection of 16 indexes, beside what their bytes cost. */
const GAS_PER_PAYLOAD_BYTE = 30n;

/** The most that a transaction can cost. What it does not use is not paid. */
export interface Cost {
  readonly bytes: number;
  readonly gasMax: bigint;
  /** Atomic units. */
  readonly feeMax: bigint;
}

/** Bytes that the payloads of one transaction may have together on this chain. */
export function payloadBytesMax({ limits }: ChainSpec): number {
  return limits.transactionBytesMax - ENVELOPE_BYTES - BODY_BYTES;
}

/** Bytes of an operation in a transaction. */
export function operationBytes({ container, payload }: Operation): number {
  return container.length + payload.length + 32;
}

/** More than these operations can use, so that they never end for want of gas. */
export function gasBound(operations: readonly Operation[]): bigint {
  return operations.reduce((sum, { container, payload }) => sum + (container === COIN ? COIN_GAS : OPERATION_GAS + GAS_PER_PAYLOAD_BYTE * BigInt(payload.length)), 0n);
}

/** The most that a transaction with a few small operations can cost, before it is made. */
export function feeBound({ fees }: ChainSpec, operations: readonly Operation[]): bigint {
  const bytes = operations.reduce((sum, operation) => sum + operationBytes(operation), ENVELOPE_BYTES + 160);
  return fees.perByte * BigInt(bytes) + fees.perGas * gasBound(operations);
}

/** Ceilings that the chain cannot find too low. */
export function costOf({ limits, fees }: ChainSpec, body: Omit<TransactionBody, 'gasMax' | 'feeMax'>): Cost {
  const bound = gasBound(body.operations);
  const gasMax = bound < limits.blockGasMax ? bound : limits.blockGasMax;
  const bytes = bodyToBytes({ ...body, gasMax, feeMax: 0n }).length + ENVELOPE_BYTES;
  return { bytes, gasMax, feeMax: fees.perByte * BigInt(bytes) + fees.perGas * gasMax };
}
