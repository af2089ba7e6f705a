import { accept, refuse, type Verdict } from '@vsys/primitives';
import { nameLimits as limits } from './limits.ts';

/**
 * What a name may look like: letters and digits of ASCII and "-" between them, in lower case. So there is one spelling, no table of a machine's
 * language is asked, and it fits where names of hosts do.
 */
const FORM = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

export function checkName(name: string): Verdict<void, 'NAME_FORM'> {
  if (name.length <= limits.nameBytesMax && FORM.test(name)) return accept(undefined);
  return refuse('NAME_FORM', `a name has 1 to ${limits.nameBytesMax} of a-z, 0-9 and "-", with no "-" at its ends`);
}

/** What the eye takes for the same, in this order; then what is left without "-". Part of consensus: it never changes within a version of the container. */
const LOOKALIKES: readonly (readonly [string, string])[] = [
  ['rn', 'm'], ['vv', 'w'], ['cl', 'd'], ['0', 'o'], ['1', 'l'], ['i', 'l'], ['5', 's'], ['2', 'z'], ['8', 'b'], ['-', ''],
];

/** Names with one skeleton are confusable: only one of them is on the chain at a time. */
export function skeletonOf(name: string): string {
  let skeleton = name;
  for (const [seen, taken] of LOOKALIKES) skeleton = skeleton.replaceAll(seen, taken);
  return skeleton;
}

/** What a term of a name costs, in units of the chain's price: short ones are few, and worth more. */
export function priceFactor(name: string): bigint {
  if (name.length <= 2) return 64n;
  if (name.length === 3) return 16n;
  return name.length === 4 ? 4n : 1n;
}
