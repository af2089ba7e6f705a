import { type AccountId, toHex } from '@vsys/primitives';
import { sha256 } from '@vsys/crypto/hash';
import { type Block, blockId, blockToBytes, type Header, receiptsRoot } from '@vsys/data-format';
import type { StateView, StateWrite } from '@vsys/state';
import { type CheckedTransaction, executeBlock, type ExecutionRules } from '@vsys/transaction';

/** Writes of one run that a bundle lists; more are only counted. */
export const BUNDLE_WRITES_MAX = 100_000;

/**
 * What another machine needs to repeat a block that did not execute as promised: the block, what it stood on, and what came of it
 * here. Plain JSON, byte strings in hex. Two bundles of one block are compared by `firstDifferingKey` of their writes.
 */
export interface FailureBundle {
  readonly format: 1;
  readonly chainId: string;
  readonly reason: string;
  readonly message: string;
  readonly parent: { readonly height: number; readonly id: string; readonly stateRoot: string };
  readonly block: { readonly id: string; readonly bytes: string };
  /** Two runs on this machine: when they differ, execution is not deterministic here. */
  readonly runs: readonly BundleRun[];
  readonly firstDifferingKey?: string;
}

export interface BundleRun {
  /** Why the body was not executed to its end; absent when it was. */
  readonly refused?: string;
  readonly gasUsed?: string;
  readonly receiptsRoot?: string;
  readonly writes: readonly BundleWrite[];
  readonly writesOmitted: number;
}

export interface BundleWrite {
  readonly key: string;
  /** SHA-256 of the value; `null` for a key that was deleted. */
  readonly valueHash: string | null;
  /** All keys that begin with this one were deleted. */
  readonly below?: true;
}

export interface BundleParts {
  readonly execution: ExecutionRules;
  readonly view: StateView;
  readonly parent: { readonly id: Uint8Array; readonly header: Header };
  readonly block: Block;
  /** Undefined when the body may not even be admitted: it is not run then. */
  readonly checked: readonly CheckedTransaction[] | undefined;
  /** Who is paid for the block, where the chain pays its author. */
  readonly author?: AccountId;
}

/** Executes the block twice more on its parent and writes down what happened. */
export async function createFailureBundle(reason: string, message: string, { execution, view, parent, block, checked, author }: BundleParts): Promise<FailureBundle> {
  const { header } = block;
  const context = { chainId: header.chainId, height: header.height, timeMs: header.timeMs, parent: header.parent };
  const run = async (): Promise<BundleRun> => {
    const done = await executeBlock(execution, view, context, checked ?? [], { skip: false, ...(author === undefined ? {} : { author }) });
    if (!done.ok) return { refused: `${done.code}: ${done.message}`, writes: [], writesOmitted: 0 };
    const { writes, receipts, gasUsed } = done.value;
    return {
      gasUsed: String(gasUsed), receiptsRoot: toHex(receiptsRoot(receipts)), writes: writes.slice(0, BUNDLE_WRITES_MAX).map(writeToJson), writesOmitted: Math.max(0, writes.length - BUNDLE_WRITES_MAX),
    };
  };
  const runs = checked === undefined ? [] : [await run(), await run()];
  const differing = firstDifferingKey(runs[0]?.writes ?? [], runs[1]?.writes ?? []);
  return {
    format: 1, chainId: toHex(header.chainId), reason, message,
    parent: { height: parent.header.height, id: toHex(parent.id), stateRoot: toHex(parent.header.stateRoot) },
    block: { id: toHex(blockId(header)), bytes: toHex(blockToBytes(block)) },
    runs, ...(differing === undefined ? {} : { firstDifferingKey: differing }),
  };
}

/** The least key that only one of the two wrote, or that they wrote differently; undefined when they agree. A prefix below which one deleted all ends in "*". */
export function firstDifferingKey(a: readonly BundleWrite[], b: readonly BundleWrite[]): string | undefined {
  const nameOf = ({ key, below }: BundleWrite): string => (below === true ? `${key}*` : key);
  const hashes = new Map(a.map((write) => [nameOf(write), write.valueHash]));
  const differing: string[] = [];
  for (const write of b) {
    const name = nameOf(write);
    if (hashes.get(name) !== write.valueHash) differing.push(name);
    hashes.delete(name);
  }
  // Hexadecimal of one case sorts like the bytes.
  return [...differing, ...hashes.keys()].toSorted()[0];
}

function writeToJson({ key, value, below }: StateWrite): BundleWrite {
  return { key: toHex(key), valueHash: value === undefined ? null : toHex(sha256(value)), ...(below === true ? { below } : {}) };
}
