/** A system that takes one step at a time. States are values: a step makes another one. */
export interface Model<S> {
  readonly initial: S;
  /** Every state that one step leads to. */
  next(state: S): readonly Step<S>[];
  /** Equal for states that cannot be told apart, such as after swapping voters of one kind. */
  key(state: S): string;
  /** What is wrong with the state, in words; undefined: nothing. */
  problem(state: S): string | undefined;
}

export interface Step<S> {
  readonly state: S;
  /** Made only for a trace. */
  readonly what: () => string;
}

export interface Explored {
  /** States that were looked at, each once. */
  readonly states: number;
  /** Every state that can be reached was looked at. */
  readonly complete: boolean;
  readonly found?: { readonly problem: string; readonly trace: readonly string[] };
}

export interface ExploreOptions<S> {
  readonly statesMax?: number;
  /** Sees every state, once. */
  readonly visit?: (state: S) => void;
}

/** Looks at every state that can be reached, depth first, until one has a problem or there are too many. */
export function explore<S>(model: Model<S>, { statesMax = 12_000_000, visit }: ExploreOptions<S> = {}): Explored {
  const seen = new Set<string>([model.key(model.initial)]);
  const path: { readonly steps: readonly Step<S>[]; at: number }[] = [{ steps: model.next(model.initial), at: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const step = top.steps[top.at++];
    if (step === undefined) {
      path.pop();
      continue;
    }
    const key = model.key(step.state);
    if (seen.has(key)) continue;
    if (seen.size >= statesMax) return { states: seen.size, complete: false };
    seen.add(key);
    visit?.(step.state);
    const problem = model.problem(step.state);
    if (problem !== undefined) return { states: seen.size, complete: false, found: { problem, trace: path.map(({ steps, at }) => (steps[at - 1] as Step<S>).what()) } };
    path.push({ steps: model.next(step.state), at: 0 });
  }
  return { states: seen.size, complete: true };
}
