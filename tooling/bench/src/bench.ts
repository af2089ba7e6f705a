/** One measured line: columns by name, in the order of the table. Neighbours with the same columns are printed as one table. */
export type BenchRow = Readonly<Record<string, string | number>>;

/** What a figure must reach. */
export interface BenchGoal {
  readonly metric: string;
  readonly figure: number;
  readonly unit: string;
  readonly goal: { readonly least: number } | { readonly most: number };
}

export interface BenchReport {
  readonly rows: readonly BenchRow[];
  readonly goals: readonly BenchGoal[];
}

/** As typed, with the defaults filled in: read them with `numberOption` and its like. */
export type BenchOptions = Readonly<Record<string, string>>;

/** What every file in `benches/` exports. `print` shows progress while it runs; the report is printed by the harness. */
export type BenchRun = (options: BenchOptions, print: (line: string) => void) => Promise<BenchReport>;

export interface Bench {
  /** One line for the list of benches. */
  readonly about: string;
  readonly options: Readonly<Record<string, { readonly about: string; readonly default: string }>>;
  /** Loads the file when it is asked for, so that one bench does not pay for the imports of another. */
  readonly load: () => Promise<BenchRun>;
}

export function isMet({ figure, goal }: BenchGoal): boolean {
  return 'least' in goal ? figure >= goal.least : figure <= goal.most;
}

/** `NAME.metric FIGURE UNIT goal GOAL met|missed`: the form that a reader and a script look for. */
export function goalLine(name: string, goal: BenchGoal): string {
  const wanted = 'least' in goal.goal ? `>=${goal.goal.least}` : `<=${goal.goal.most}`;
  return `${name}.${goal.metric} ${figureText(goal.figure)} ${goal.unit} goal ${wanted} ${isMet(goal) ? 'met' : 'missed'}`;
}

/** Three digits that count; whole numbers from 100 on. */
export function figureText(figure: number): string {
  return Math.abs(figure) >= 100 ? String(Math.round(figure)) : String(Number(figure.toPrecision(3)));
}
