/** Gives back the deposits of what was dropped: docs/spec/database.md, "Deposits". */
import { concatBytes } from '@vsys/primitives';
import { balanceKey } from '@vsys/transaction';
import { countOf, lastPlaces, type LedgerId, takeFromLedger } from './deposit-ledger.ts';
import { DEPOSITS_ACCOUNT, giveBack } from './deposits.ts';
import { WORK } from './work-kinds.ts';
import { addWork, type Worker } from './work-queue.ts';

/** Two balances, an entry, its place and the count. */
const STEPS_PER_ACCOUNT = 5;

/** From the end of a collection's ledger, one account after the other. */
export const refundCollectionWorker: Worker = {
  needs: () => [balanceKey(DEPOSITS_ACCOUNT)],
  run(ledger: LedgerId, { state, stepsMax }) {
    const accounts = lastPlaces(state, ledger, Math.max(1, Math.floor(stepsMax / STEPS_PER_ACCOUNT)));
    state.need(accounts.map(balanceKey));
    for (let left = accounts.length; left > 0; left--) {
      const taken = takeFromLedger(state, ledger);
      if (taken !== undefined) giveBack(state, taken.account, taken.units);
    }
    return { steps: 1 + STEPS_PER_ACCOUNT * accounts.length, ...(countOf(state, ledger) > 0n ? { rest: ledger } : {}) };
  },
};

/** From the end of a database's list of ledgers: each is work of its own. */
export const refundDatabaseWorker: Worker = {
  needs: () => [],
  run(list: LedgerId, { state, block, stepsMax }) {
    const members = lastPlaces(state, list, Math.max(1, Math.floor(stepsMax / STEPS_PER_ACCOUNT)));
    for (let left = members.length; left > 0; left--) {
      const taken = takeFromLedger(state, list);
      if (taken !== undefined) addWork(state, block, block.height, { kind: WORK.refundCollection, payload: concatBytes(list.subarray(0, 20), taken.account) });
    }
    return { steps: 1 + STEPS_PER_ACCOUNT * members.length, ...(countOf(state, list) > 0n ? { rest: list } : {}) };
  },
};
