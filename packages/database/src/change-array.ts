import type { GasMeter } from '@vsys/container';
import { compareValues, type Value } from '@vsys/data-format/value';
import { databaseGas } from './gas.ts';
import type { PatchStep } from './patch-step.ts';

type ArrayStep = Extract<PatchStep, { operator: 'push' | 'addToSet' | 'pullAll' | 'pop' }>;

/** The array afterwards; undefined to leave what is there, or not there. Comparisons are paid before they are made. */
export function changeArray(array: readonly Value[] | undefined, step: ArrayStep, gas: GasMeter): readonly Value[] | undefined {
  switch (step.operator) {
    case 'push': return push(array ?? [], step, gas);
    case 'addToSet': return addToSet(array ?? [], step.values, gas);
    case 'pop': return array === undefined ? undefined : step.end === 'last' ? array.slice(0, -1) : array.slice(1);
    case 'pullAll':
      if (array === undefined) return undefined;
      gas.charge(databaseGas.comparison * BigInt(array.length) * BigInt(step.values.length));
      return array.filter((element) => !isAmong(step.values, element));
  }
}

function push(array: readonly Value[], { each, position, slice, sort }: Extract<ArrayStep, { operator: 'push' }>, gas: GasMeter): readonly Value[] {
  // A splice counts from the end below 0, and stops at both ends.
  let next = array.toSpliced(position ?? array.length, 0, ...each);
  if (sort !== undefined) {
    // About as many comparisons as a sort makes: for each element the bits of their number.
    gas.charge(databaseGas.comparison * BigInt(next.length) * BigInt(next.length.toString(2).length));
    next = next.toSorted((a, b) => sort * compareValues(a, b));
  }
  if (slice === undefined) return next;
  return slice >= 0 ? next.slice(0, slice) : next.slice(slice);
}

/** Elements that are there stay, also equal ones. */
function addToSet(array: readonly Value[], values: readonly Value[], gas: GasMeter): readonly Value[] {
  const next = [...array];
  for (const value of values) {
    gas.charge(databaseGas.comparison * BigInt(next.length));
    if (!isAmong(next, value)) next.push(value);
  }
  return next;
}

function isAmong(values: readonly Value[], value: Value): boolean {
  return values.some((other) => compareValues(other, value) === 0);
}
