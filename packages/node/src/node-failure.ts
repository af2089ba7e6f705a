import { CodedError, type Logger } from '@vsys/primitives';
import { ChainError, type FailureBundle } from '@vsys/consensus';
import { NodeError } from './node-error.ts';

/** Why a node stopped by itself. */
export interface NodeFailure {
  /** With a code that says what to do; the cause behind it is in `cause`. */
  readonly error: CodedError;
  /** Where the bundle lies that another machine can repeat it from, if there is one and it could be kept. */
  readonly bundle: string | undefined;
}

/** Keeps a bundle and tells where, such as a path. */
export type KeepBundle = (name: string, text: string) => Promise<string>;

/** The coded error to show: the disk's own word where a disk failed, as it names the way out; what has no code is a fault of ours. */
export function errorOfFailure(error: unknown): CodedError {
  const causes = causesOf(error);
  const fromDisk = causes.find((one): one is CodedError => one instanceof CodedError && /^(STORE|BLOCK_LOG)_/.test(one.code));
  if (fromDisk !== undefined) return fromDisk;
  const coded = causes.find((one): one is CodedError => one instanceof CodedError);
  if (coded !== undefined && coded.code !== 'INVARIANT_BROKEN') return coded;
  const words = error instanceof Error ? error.message : String(error);
  return new NodeError('NODE_BROKEN', `a promise of the code itself does not hold: ${words}. Start the node again; if it comes back, report it with the log`, { cause: error });
}

/** Keeps the bundle of an error that has one. A bundle that cannot be kept must not hide what it was for. */
export async function keepBundleOf(error: unknown, keep: KeepBundle | undefined, logger: Logger): Promise<string | undefined> {
  const bundle = causesOf(error).find((one): one is ChainError => one instanceof ChainError)?.bundle;
  if (bundle === undefined || keep === undefined) return undefined;
  try {
    return await keep(nameOf(bundle), JSON.stringify(bundle, undefined, 1));
  } catch (cause) {
    logger.error('the bundle of a failure could not be kept', { error: String(cause) });
    return undefined;
  }
}

/** The same block on the same machine gets the same name: a node that is started again and again does not fill the disk. */
function nameOf({ parent, block }: FailureBundle): string {
  return `block-${parent.height + 1}-${block.id.slice(0, 16)}.json`;
}

/** The error and what lies behind it, outermost first. */
function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let at = error; at !== undefined && causes.length < 8; at = at instanceof Error ? at.cause : undefined) causes.push(at);
  return causes;
}
