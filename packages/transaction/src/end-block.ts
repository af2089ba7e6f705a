import type { AccountId } from '@vsys/primitives';
import { compareBytes } from '@vsys/primitives';
import { type BlockContext, KeysNotLoaded, type Router, type StateJournal } from '@vsys/container';
import type { StateView } from '@vsys/state';
import { accountOfBalanceKey } from './coin.ts';

/** Lets the containers end a block, each over what those before it left. Each begins again after a miss, however many it has: its work is bounded by itself. */
export async function endBlock(journal: StateJournal, view: StateView, { containers }: Router, block: BlockContext, author: AccountId | undefined): Promise<void> {
  for (const container of containers) {
    if (container.endBlock === undefined) continue;
    let changed: readonly AccountId[] | undefined;
    for (;;) {
      try {
        container.endBlock({
          block, ...(author === undefined ? {} : { author }), state: journal,
          // Only for who asks: it takes a look at all that the block wrote. What the container itself writes counts once it has ended.
          get balancesChanged() { return (changed ??= accountsWithNewBalance(journal)); },
        });
        journal.commit();
        break;
      } catch (thrown) {
        if (!(thrown instanceof KeysNotLoaded)) throw thrown;
        journal.revert();
        const values = await view.getMany(thrown.keys);
        for (const [i, key] of thrown.keys.entries()) journal.load(key, values[i]);
        if (thrown.range !== undefined) journal.loadRange(thrown.range, await view.range(thrown.range));
      }
    }
  }
}

function accountsWithNewBalance(journal: StateJournal): AccountId[] {
  const accounts: AccountId[] = [];
  for (const { key } of journal.writes()) {
    const account = accountOfBalanceKey(key);
    if (account !== undefined) accounts.push(account);
  }
  return accounts.sort(compareBytes);
}
