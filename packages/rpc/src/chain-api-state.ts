import { accept, type Height, refuse, type Verdict } from '@vsys/primitives';
import type { Chain, ChainBlock } from '@vsys/consensus';
import type { StateView } from '@vsys/state';

/** The state after the head, or after a canonical block inside the window. */
export async function stateAt(chain: Chain, height: Height | undefined): Promise<Verdict<{ readonly view: StateView; readonly at: ChainBlock }, 'RPC_OUTSIDE_WINDOW'>> {
  const found = await chain.stateAt(height);
  if (found !== undefined) return accept(found);
  const head = chain.head.height;
  const why = height !== undefined && height > head ? 'is not there yet' : 'is no longer kept';
  return refuse('RPC_OUTSIDE_WINDOW', `the state of height ${height ?? head} ${why}; the head is at height ${head}`, { head });
}
