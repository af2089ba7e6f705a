import type { ConsensusModule } from '@vsys/consensus';

/** What "final" is worth under a module, in words for operators. */
export function describeFinality({ provides: { finality, cuts = 'any' } }: ConsensusModule): string {
  switch (finality) {
    case 'instant': return 'with the block: what is head was voted final';
    case 'gadget': return 'by votes: holds through any network, while fewer than a third of those who vote sign two things';
    case 'depth': return cuts === 'any' ? 'by depth: each node\'s own promise, of so many seals on top' : 'by depth: each node\'s own promise, for cuts of the network that are shorter than the depth';
    case 'none': return 'none: every block may still be taken back';
  }
}
