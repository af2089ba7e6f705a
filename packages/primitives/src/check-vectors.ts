/**
 * Published test vectors, and how an implementation is held to them. A package keeps them in `vectors/*.json`; what they mean is said
 * in each file. Values are JSON: byte strings in hex, 64-bit numbers as strings of digits.
 */
export interface VectorFile {
  readonly title: string;
  /** Where the rules stand. */
  readonly spec: string;
  /** Where the vectors come from. */
  readonly origin: string;
  /** What is input, and what output. */
  readonly about: string;
  readonly valid: readonly { readonly name: string; readonly input: VectorValues; readonly output: VectorValues }[];
  /** Without a code: whatever refuses it. */
  readonly invalid: readonly { readonly name: string; readonly input: VectorValues; readonly code?: string }[];
}

export type VectorValues = Readonly<Record<string, unknown>>;
export type VectorOutcome = { readonly ok: true; readonly output: VectorValues } | { readonly ok: false; readonly code: string };

/**
 * Runs all vectors of a file through an implementation.
 *
 * @param implementation - what it makes of an input; an exception is its fault, never a refusal
 * @param options.codes - false for an implementation with codes of its own: then only acceptance is compared
 * @returns one line for each vector on which the two differ; none when they agree
 */
export async function checkVectors(file: VectorFile, implementation: (input: VectorValues) => VectorOutcome | Promise<VectorOutcome>, { codes = true }: { readonly codes?: boolean } = {}): Promise<string[]> {
  const faults: string[] = [];
  const outcomeOf = async (name: string, input: VectorValues): Promise<VectorOutcome | undefined> => {
    try {
      return await implementation(input);
    } catch (error) {
      faults.push(`${name}: threw ${String(error)}`);
      return undefined;
    }
  };
  for (const { name, input, output } of file.valid) {
    const outcome = await outcomeOf(name, input);
    if (outcome === undefined) continue;
    if (!outcome.ok) faults.push(`${name}: refused with ${outcome.code}`);
    else if (canonicalJson(outcome.output) !== canonicalJson(output)) faults.push(`${name}: expected ${canonicalJson(output)}, found ${canonicalJson(outcome.output)}`);
  }
  for (const { name, input, code } of file.invalid) {
    const outcome = await outcomeOf(name, input);
    if (outcome === undefined) continue;
    if (outcome.ok) faults.push(`${name}: accepted`);
    else if (codes && code !== undefined && outcome.code !== code) faults.push(`${name}: expected ${code}, found ${outcome.code}`);
  }
  return faults;
}

/** JSON with names in order, so that equal values are equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner)) ?? 'nothing';
}
