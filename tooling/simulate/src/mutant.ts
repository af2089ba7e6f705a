/** Who can kill a mutant: the tests of one package, among them the compliance suites, the tamper suite of proofs and the exhaustive checker; or the simulator. */
export type MutantTool =
  | { readonly kind: 'laws' | 'proofs' | 'checker'; /** Folder of the package. */ readonly package: string; /** Test files that are run. */ readonly tests: string }
  | { readonly kind: 'simulator'; readonly module: string };

export interface SourceChange {
  /** From the root of the repository. */
  readonly file: string;
  /** Found exactly once in the file, or the mutant is out of date. */
  readonly find: string;
  readonly replace: string;
}

/** One fault put into the product, as a change of its source text: the product itself knows of no mutants. */
export interface Mutant {
  readonly name: string;
  readonly area: 'slot rules' | 'finality' | 'handover' | 'import order' | 'persistence' | 'signer' | 'proofs' | 'sync' | 'mempool' | 'execution';
  readonly changes: readonly SourceChange[];
  /** Run in order, until one kills it. */
  readonly tools: readonly MutantTool[];
}

/** @throws RangeError when a text is not there exactly once: the product has moved on, and the mutant must follow */
export function mutateSource(changes: readonly SourceChange[], path: string, source: string): string {
  let text = source;
  for (const { file, find, replace } of changes) {
    if (!path.endsWith(`/${file}`)) continue;
    const parts = text.split(find);
    if (parts.length !== 2) throw new RangeError(`expected the text of a mutant once in ${file}, found it ${parts.length - 1} times: ${find}`);
    text = parts.join(replace);
  }
  return text;
}

/** How a mutant travels to the process that runs it. */
export const MUTANT_VARIABLE = 'VSYS_MUTANT';
