import type { Header } from '@vsys/data-format';
import { ComplianceError } from '@vsys/primitives/compliance';
import { createBench } from './compliance-bench.ts';
import type { BenchBlock, ConsensusSubject } from './compliance-bench.ts';
import type { ConsensusModule } from './module.ts';
import { sealMessage } from './seal.ts';

/** What a module says of itself: by it the laws are chosen that it is held to. */
export type Declared = Pick<ConsensusModule, 'provides' | 'needs' | 'wire'>;

/** What a law is about, in the words of the field: the laws of a suite are listed by these. */
export type Property =
  | 'agreement' | 'validity' | 'liveness' | 'restart' | 'finality' | 'reorganisation' | 'partition' | 'set change' | 'clock skew' | 'evidence' | 'bounded effects' | 'replay' | 'state' | 'light client';

export interface ConsensusCheck {
  readonly property: Property;
  readonly name: string;
  /** Modules that owe this; absent: all. */
  readonly under?: (declared: Declared) => boolean;
  /** Rejects when the module breaks the promise. */
  run<C>(create: () => ConsensusSubject<C> | Promise<ConsensusSubject<C>>, declared?: Declared): Promise<void>;
}

/** What is taken for declared where nothing is: finality by depth, through any cut, of blocks that keys seal. */
export const usual: Declared = { provides: { finality: 'depth', headers: 'pure' }, needs: { clock: true, compute: false, keySchemes: ['ed25519'] } };

/** Someone signs its blocks: who may make one is known by key. */
export function isSealedByKeys({ needs }: Declared): boolean {
  return needs.keySchemes.length > 0;
}

/** Timers without a block after which engines count as stalled, for laws that do not wait for a height: a broken module may never reach it. */
const STALL_TIMERS = 300;

export function must(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ComplianceError('COMPLIANCE_FAILED', sentence);
}

/** Two blocks more than twice the producers: everybody had a turn, and finality had time to move. */
export async function history<C>(subject: ConsensusSubject<C>, height: number = 2 * subject.keys.length + 2): Promise<readonly BenchBlock<C>[]> {
  const bench = createBench(subject);
  await bench.run(height);
  await bench.close();
  must(bench.tree.head.height >= height, `expected ${height} blocks, the head is at ${bench.tree.head.height}`);
  return bench.branch;
}

/** As many blocks as there are when the engines stall, or about those of `history`: those of a broken module may all stand beside each other. */
export async function blocksUntilStall<C>(subject: ConsensusSubject<C>): Promise<readonly BenchBlock<C>[]> {
  const bench = createBench(subject);
  const height = 2 * subject.keys.length + 2;
  for (let seen = -1; seen !== bench.blocks.length && bench.blocks.length < height; ) {
    seen = bench.blocks.length;
    await bench.run(height, STALL_TIMERS);
  }
  await bench.close();
  must(bench.blocks.length > 1, 'no blocks were produced');
  return bench.blocks;
}

export function refused<C>(subject: ConsensusSubject<C>, block: BenchBlock<C>, header: Header, seal: Uint8Array, what: string): void {
  const verdict = subject.consensus.rules.step(block.parentContext, { id: subject.blockId(header), header, seal });
  must(!verdict.ok, `a header ${what} was accepted at height ${header.height}`);
  must(verdict.code !== '' && verdict.message !== '', 'a refusal needs a code and a sentence');
}

/** Sealed by the key, over its own id. */
export function resealed<C>(subject: ConsensusSubject<C>, header: Header, key: BenchBlock<C>['producer']): Uint8Array {
  return subject.sign(key, sealMessage(subject.blockId(header)));
}
