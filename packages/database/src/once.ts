/** Transactions that are to happen once: docs/spec/database.md, "Once". */
import { accept, concatBytes, refuse, toHex, uint64ToBytes, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { databaseGas } from './gas.ts';
import { databaseLimits } from './payload-checks.ts';
import { onceFromRecord, onceKey } from './once-key.ts';
import { WORK } from './work-kinds.ts';
import { addWork, type Worker } from './work-queue.ts';

/** Refuses the second transaction in which an actor uses a key. One that fails leaves its key unused, like all that it did. */
export function once(key: Uint8Array, { actor, block, transactionId, state, gas }: OperationContext): Verdict<void, 'DB_REPEATED'> {
  const place = onceKey(actor, key);
  const record = state.get(place);
  if (record !== undefined) {
    const first = onceFromRecord(record);
    return refuse('DB_REPEATED', `transaction ${toHex(first.transactionId)} did this at height ${first.height}`, { height: first.height, transaction: toHex(first.transactionId) });
  }
  gas.charge(4n * databaseGas.keyWrite);
  state.set(place, concatBytes(uint64ToBytes(BigInt(block.height)), transactionId));
  addWork(state, block, block.height + databaseLimits.onceBlocks, { kind: WORK.forgetOnce, payload: place });
  return accept(undefined);
}

export const forgetOnceWorker: Worker = {
  needs: () => [],
  run(place, { state }) {
    state.set(place, undefined);
    return { steps: 1 };
  },
};
