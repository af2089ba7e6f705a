// Loaded with `--import` before a node: makes the clock that the node is handed wrong by what a file says, in milliseconds. SIGUSR2 has the file read again.
import { readFileSync } from 'node:fs';
import { systemClock, systemTimers, type Timers } from '@vsys/primitives';
import { CLOCK_FILE_VARIABLE } from './variables.ts';

const file = process.env[CLOCK_FILE_VARIABLE] as string;
let skewMs = 0;
const read = (): void => {
  try {
    skewMs = Number(readFileSync(file, 'utf8'));
  } catch {
    // No file yet: the clock is right.
    skewMs = 0;
  }
};
read();
process.on('SIGUSR2', read);

const { nowMs } = systemClock;
const setAt: Timers['setAt'] = systemTimers.setAt.bind(systemTimers);
Object.assign(systemClock, { nowMs: () => nowMs() + skewMs });
// A timer that is set keeps its time when the clock is set, as on a real machine.
Object.assign(systemTimers, { setAt: (atMs: number, callback: () => void) => setAt(atMs - skewMs, callback) });
