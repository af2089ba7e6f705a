import { accept, invariant, refuse, type Verdict } from '@vsys/primitives';
import type { GasMeter } from '@vsys/container';
import { addNumbers, compareValues, type Document, int32, isArray, isNumeric, multiplyNumbers, type Numeric, type Value } from '@vsys/data-format/value';
import { changeArray } from './change-array.ts';
import { type Draft, draftOf, type Place, put, remove, seek } from './draft.ts';
import { databaseGas } from './gas.ts';
import type { BitStep, PatchStep } from './patch-step.ts';

export type PatchCode = 'DB_PATCH_PATH' | 'DB_PATCH_NUMBER' | 'DB_PATCH_TYPE';

export interface PatchContext {
  /** Of the block, for `currentDate`. */
  readonly timeMs: number;
  /** Whether the patch makes the document, for `setOnInsert`. */
  readonly isInsert: boolean;
  readonly gas: GasMeter;
}

/** A document with the changes of a patch, all of them or a refusal. Semantics of MongoDB's operators: docs/spec/database.md §2.1. */
export function applyPatch(document: Document, steps: readonly PatchStep[], context: PatchContext): Verdict<Document, PatchCode> {
  const draft = draftOf(document);
  for (const step of steps) {
    context.gas.charge(databaseGas.patchStep);
    const done = applyStep(draft, step, context);
    if (!done.ok) return refuse(done.code, `$${step.operator} at "${step.path.slice(0, 40)}": ${done.message}`, { operator: step.operator, path: step.path });
  }
  return accept(draft);
}

const noSuchPath = (): Verdict<never, PatchCode> => refuse('DB_PATCH_PATH', 'the path leads through a value that is neither an object nor an array with that place');

function applyStep(draft: Draft, step: PatchStep, context: PatchContext): Verdict<void, PatchCode> {
  if (step.operator === 'setOnInsert' && !context.isInsert) return accept(undefined);
  const place = seek(draft, step.path);
  // Nothing can stand there, so there is nothing to take away.
  if (place === undefined) return step.operator === 'unset' || step.operator === 'pullAll' ? accept(undefined) : noSuchPath();
  switch (step.operator) {
    case 'unset': return accept(remove(place));
    case 'rename': return rename(draft, place, step.to);
    default: {
      const next = nextValue(place.value, step, context);
      if (next.ok && next.value !== undefined) put(place, next.value);
      return next.ok ? accept(undefined) : next;
    }
  }
}

/** What stands at the place afterwards; undefined to leave it as it is. */
function nextValue(value: Value | undefined, step: Exclude<PatchStep, { operator: 'unset' | 'rename' }>, { timeMs, gas }: PatchContext): Verdict<Value | undefined, PatchCode> {
  switch (step.operator) {
    case 'set': case 'setOnInsert': return accept(step.value);
    case 'currentDate': return accept({ kind: 'date', timeMs: BigInt(timeMs) });
    case 'inc': return value === undefined ? accept(step.value) : combine(value, step.value, addNumbers);
    case 'mul': return combine(value ?? (value === undefined ? int32(0) : null), step.value, multiplyNumbers);
    case 'min': return accept(value === undefined || compareValues(step.value, value) < 0 ? step.value : undefined);
    case 'max': return accept(value === undefined || compareValues(step.value, value) > 0 ? step.value : undefined);
    case 'bit': return combineBits(value ?? (value === undefined ? int32(0) : null), step.bits);
    default:
      if (value !== undefined && !isArray(value)) return refuse('DB_PATCH_TYPE', 'what stands there is no array');
      return accept(changeArray(value, step, gas));
  }
}

/** Numbers that would wrap, or decimals that would be rounded, are refused. */
function combine(value: Value, by: Numeric, how: typeof addNumbers): Verdict<Value, PatchCode> {
  if (!isNumeric(value)) return refuse('DB_PATCH_NUMBER', 'what stands there is no number');
  const result = how(value, by);
  return result === undefined ? refuse('DB_PATCH_NUMBER', 'the result does not fit its kind: an int64, or a decimal of 34 digits without rounding') : accept(result);
}

/** The wider of the kinds that meet; a narrower one keeps its sign. */
function combineBits(value: Value, bits: readonly BitStep[]): Verdict<Value, PatchCode> {
  if (!isNumeric(value) || typeof value === 'number' || (typeof value === 'object' && value.kind === 'decimal128')) return refuse('DB_PATCH_NUMBER', 'what stands there is neither an int32 nor an int64');
  let isWide = typeof value === 'bigint';
  let result = typeof value === 'bigint' ? value : BigInt(value.value);
  for (const { by, operand } of bits) {
    isWide ||= typeof operand === 'bigint';
    const other = typeof operand === 'bigint' ? operand : BigInt(operand.value);
    result = by === 'and' ? result & other : by === 'or' ? result | other : result ^ other;
  }
  return accept(isWide ? result : int32(Number(result)));
}

/** Takes the value away and sets it at the other place. Elements of arrays have no name to change. */
function rename(draft: Draft, from: Place, to: string): Verdict<void, PatchCode> {
  if (from.value === undefined) return accept(undefined);
  const place = seek(draft, to);
  if (place === undefined) return noSuchPath();
  if (from.throughArray || place.throughArray) return refuse('DB_PATCH_PATH', 'neither the old nor the new name lies in an array');
  put(place, from.value);
  invariant(from.parent instanceof Map, 'a renamed field lies in an object');
  remove(from);
  return accept(undefined);
}
