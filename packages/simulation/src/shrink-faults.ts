import type { Fault } from './fault.ts';

/**
 * Drops faults one by one for as long as the run still fails, until none can be dropped. What is left is what the failure needs.
 *
 * @param fails - runs with these faults; each call is a whole run
 */
export async function shrinkFaults(faults: readonly Fault[], fails: (faults: readonly Fault[]) => Promise<boolean>): Promise<readonly Fault[]> {
  let kept = faults;
  for (let dropped = true; dropped; ) {
    dropped = false;
    for (let at = kept.length - 1; at >= 0; at--) {
      const fewer = kept.toSpliced(at, 1);
      if (!(await fails(fewer))) continue;
      kept = fewer;
      dropped = true;
    }
  }
  return kept;
}
