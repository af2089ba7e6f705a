import { type AccountId, fromHex, toHex } from '@vsys/primitives';
import { equal } from '@vsys/primitives/compliance';
import type { StateWrite } from '@vsys/state';
import { apply, type BenchState, type ContainerSubject, endAfter, type Law, runCall, runEnd, tell, writeText } from './compliance-bench.ts';
import { mayWrite } from './compliance-check-laws.ts';

/** For containers that end blocks; the others keep them by doing nothing. */
export const endLaws: readonly Law[] = [
  ['ends a block with the same writes whatever was loaded before, when it runs again, and in another process', (create) => {
    const subject = create();
    blocksOf(subject, (state, actor, height) => {
      // All that there is, not only what was asked for: a miss that is caught asks for nothing.
      const everything = [...state.keys()].map(fromHex);
      const first = runEnd(subject.container, state, endAfter(actor), height);
      const again = [runEnd(subject.container, state, endAfter(actor), height), runEnd(subject.container, state, endAfter(actor), height, everything), runEnd(create().container, state, endAfter(actor), height)];
      for (const [i, one] of again.entries()) equal(textOf(one?.writes), textOf(first?.writes), `the end of block ${height}, ${['run again', 'with all loaded', 'on a fresh container'][i]}`);
    });
  }],
  ['writes below its own prefix only at the end of a block, and where it says', (create) => {
    const subject = create();
    blocksOf(subject, (state, actor, height) => {
      for (const { key } of runEnd(subject.container, state, endAfter(actor), height)?.writes ?? []) equal(mayWrite(subject.container, key), true, `key ${toHex(key)} of the end of block ${height} is below the prefix`);
    });
  }],
  ['ends any block: without an author, with accounts that nobody heard of, and with many', (create) => {
    const subject = create();
    const strangers = Array.from({ length: 300 }, (_, i): AccountId => new Uint8Array(20).fill(7).fill(i >> 8, 0, 1).fill(i & 255, 1, 2)).sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
    blocksOf(subject, (state, actor, height) => {
      const ends = [{ balancesChanged: [] }, { balancesChanged: [actor] }, { author: strangers[0] as AccountId, balancesChanged: [] }, { author: actor, balancesChanged: strangers }];
      for (const end of ends) runEnd(subject.container, state, end, height);
    });
  }],
];

/** The state before the end of each block of a story, and of one without operations. */
function blocksOf(subject: ContainerSubject, visit: (state: BenchState, actor: AccountId, height: number) => void): void {
  const end = tell(subject, (call, state, height) => {
    const after = new Map(state);
    apply(after, runCall(subject.container, state, call, height).writes);
    visit(after, call.actor, height);
  });
  const last = subject.story.at(-1);
  if (last !== undefined) visit(end, last.actor, subject.story.length + 1);
}

function textOf(writes: readonly StateWrite[] | undefined): string {
  return (writes ?? []).map(writeText).join(' ');
}
