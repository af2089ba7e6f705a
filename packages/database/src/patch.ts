import { accept, compareBytes, refuse, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { type Document, int32, isDocument, type Numeric, type Value } from '@vsys/data-format/value';
import { type PatchOperator, type PatchStep, patchOperators, stepOf } from './patch-step.ts';
import { databaseLimits, isPath, malformed, type PayloadCode } from './payload-checks.ts';

/** What `$push` does: the values go in at `position` (by default the end), then `sort`, then `slice` keeps that many from the beginning, or from the end below 0. */
export interface Push {
  readonly each: readonly Value[];
  readonly position?: number;
  readonly slice?: number;
  /** Of whole values, 1 or -1. */
  readonly sort?: 1 | -1;
}

/** Changes by dotted path, with MongoDB's operators. Array elements are named by their number: `items.0.price`. */
export interface Patch {
  readonly set: Document;
  /** Only when the patch inserts the document. */
  readonly setOnInsert: Document;
  readonly unset: readonly string[];
  /** Numbers to add. */
  readonly inc: Document;
  readonly mul: Document;
  readonly min: Document;
  readonly max: Document;
  /** From old path to new. */
  readonly rename: ReadonlyMap<string, string>;
  readonly push: ReadonlyMap<string, Push>;
  readonly addToSet: ReadonlyMap<string, readonly Value[]>;
  /** Takes away the elements that are equal to one of these. */
  readonly pullAll: ReadonlyMap<string, readonly Value[]>;
  /** 1 takes the last element, -1 the first. */
  readonly pop: ReadonlyMap<string, 1 | -1>;
  /** `and`, `or` and `xor` with whole numbers, in this order. */
  readonly bit: ReadonlyMap<string, ReadonlyMap<string, Numeric>>;
  /** Paths that take the time of the block. */
  readonly currentDate: readonly string[];
}

/** The canonical form: operators in the order of their names, paths in that of `comparePaths`, nothing empty. */
export function patchToDocument(id: Value, patch: Partial<Patch>): Document {
  const fields = new Map<string, Value>([['_id', id]]);
  for (const operator of patchOperators) {
    const changes = Object.hasOwn(patch, operator) ? [...argumentsOf(operator, patch)] : [];
    if (changes.length > 0) fields.set(operator, new Map(changes.toSorted(([a], [b]) => comparePaths(a, b))));
  }
  return fields;
}

function argumentsOf(operator: PatchOperator, patch: Partial<Patch>): Iterable<readonly [string, Value]> {
  switch (operator) {
    case 'unset': case 'currentDate': return (patch[operator] ?? []).map((path) => [path, true]);
    case 'pop': return [...(patch.pop ?? [])].map(([path, end]) => [path, int32(end)]);
    case 'push': return [...(patch.push ?? [])].map(([path, push]) => [path, pushToDocument(push)]);
    default: return patch[operator] ?? [];
  }
}

function pushToDocument({ each, position, slice, sort }: Push): Document {
  const options = Object.entries({ position, slice, sort }).flatMap(([name, value]): [string, Value][] => (value === undefined ? [] : [[name, int32(value)]]));
  return new Map<string, Value>([['each', each], ...options]);
}

/** The steps of a patch in the order in which they are applied, and the `_id` of its document. */
export function patchFromDocument(fields: Document): Verdict<{ readonly id: Value | undefined; readonly steps: readonly PatchStep[] }, PayloadCode> {
  const [first, ...operators] = fields.keys();
  if (first !== '_id') return malformed('a patch begins with "_id"');
  const steps: PatchStep[] = [];
  for (const [i, operator] of operators.entries()) {
    const changes = fields.get(operator);
    if (!isOperator(operator) || !isDocument(changes) || changes.size === 0) return malformed('a patch holds known operators with at least one path each');
    if (i > 0 && (operators[i - 1] as string) >= operator) return malformed('the operators of a patch stand in the order of their names');
    let before: string | undefined;
    for (const [path, argument] of changes) {
      if (before !== undefined && comparePaths(before, path) >= 0) return malformed(`the paths of "${operator}" do not stand in order`);
      before = path;
      const step = stepOf(operator, path, argument);
      if (!step.ok) return step;
      steps.push(step.value);
    }
  }
  if (steps.length === 0 || steps.length > databaseLimits.pathsPerPatchMax) return refuse('DB_LIMIT', `a patch changes 1 to ${databaseLimits.pathsPerPatchMax} paths, found ${steps.length}`);
  const paths = checkPaths(steps);
  return paths.ok ? accept({ id: fields.get('_id'), steps: steps.toSorted((a, b) => comparePaths(placeOf(a), placeOf(b))) }) : paths;
}

function isOperator(name: string): name is PatchOperator {
  return (patchOperators as readonly string[]).includes(name);
}

/** Where a step writes. */
function placeOf(step: PatchStep): string {
  return step.operator === 'rename' ? step.to : step.path;
}

/** Since no path is another's beginning, steps do not see each other, and their order decides only where new fields stand. */
function checkPaths(steps: readonly PatchStep[]): Verdict<void, PayloadCode> {
  const touched = steps.flatMap((step): { readonly step: PatchStep; readonly path: string }[] => (step.operator === 'rename' ? [{ step, path: step.path }, { step, path: step.to }] : [{ step, path: step.path }]));
  const taken = new Map<string, PatchStep>();
  for (const { step, path } of touched) {
    const at = { operator: step.operator, path };
    if (!isPath(path)) return refuse('DB_NAME', `$${step.operator}: "${path.slice(0, 40)}" is not a path of fields; an array element is named by its number`, at);
    if (path === '_id' || path.startsWith('_id.')) return refuse('DB_VALUE', `$${step.operator}: the "_id" of a document never changes; insert another one`, at);
    const other = taken.get(path);
    if (other !== undefined) return conflict(step, other, path);
    taken.set(path, step);
  }
  for (const { step, path } of touched) {
    for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
      const other = taken.get(path.slice(0, end));
      if (other !== undefined) return conflict(step, other, path);
    }
  }
  return accept(undefined);
}

function conflict(step: PatchStep, other: PatchStep, path: string): Verdict<never, PayloadCode> {
  return refuse('DB_PATCH_CONFLICT', `$${step.operator} at "${path.slice(0, 40)}" meets $${other.operator} at "${placeOf(other).slice(0, 40)}": one change for each place`, { operator: step.operator, path });
}

/** Name by name: whole numbers first, by value; then the bytes of the names. New fields appear in this order, as in MongoDB from version 5. */
export function comparePaths(a: string, b: string): number {
  const others = b.split('.');
  for (const [i, name] of a.split('.').entries()) {
    const other = others[i];
    if (other === undefined) return 1;
    if (name === other) continue;
    const [isNumber, isOtherNumber] = [name, other].map((one) => /^(?:0|[1-9]\d*)$/.test(one));
    if (isNumber !== isOtherNumber) return isNumber === true ? -1 : 1;
    return (isNumber === true ? name.length - other.length : 0) || compareBytes(utf8ToBytes(name), utf8ToBytes(other));
  }
  return a === b ? 0 : -1;
}
