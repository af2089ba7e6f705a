import { MultiBar } from 'cli-progress';
import { systemClock } from '@vsys/primitives';
import { say } from './output.ts';

export interface Progress {
  /** @param done - never falls */
  update(done: number): void;
  /** A line of text meanwhile, above the bar. */
  print(line: string): void;
  /** Harmless when it is stopped already. */
  stop(): void;
}

export interface ProgressOptions {
  readonly what: string;
  readonly unit: string;
  readonly total: number;
  readonly terminal?: boolean;
  /** Where lines go when there is no bar to go above; `say` by default. */
  readonly printPlain?: (line: string) => void;
}

const LINES = 10;

/** How far long work is, on stderr: a bar on a terminal, a line for each tenth elsewhere. */
export function createProgress({ what, unit, total, terminal = process.stderr.isTTY === true, printPlain = say }: ProgressOptions): Progress {
  if (total === 0) return { update: () => {}, print: printPlain, stop: () => {} };
  return terminal ? bar(what, unit, total) : lines(what, unit, total, printPlain);
}

function bar(what: string, unit: string, total: number): Progress {
  // Only a set of bars, if only of one, lets text go above it.
  const bars = new MultiBar({ format: `${what} {bar} {percentage}%  {value} of {total} ${unit}, {eta_formatted} left`, stream: process.stderr, hideCursor: true, clearOnComplete: false, etaBuffer: 100 });
  const shown = bars.create(total, 0);
  let stopped = false;
  return {
    update: (done) => shown.update(Math.min(done, total)),
    print: (line) => bars.log(`${line}\n`),
    stop() {
      // Drawn again, it would go over what was printed behind it.
      if (stopped) return;
      stopped = true;
      // What was printed since the last drawing would be lost.
      bars.update();
      bars.stop();
    },
  };
}

function lines(what: string, unit: string, total: number, print: (line: string) => void): Progress {
  const startMs = systemClock.nowMs();
  let told = 0;
  return {
    update(done) {
      const tenth = Math.floor((LINES * done) / total);
      if (tenth <= told) return;
      told = tenth;
      const seconds = (systemClock.nowMs() - startMs) / 1_000;
      say(`${what}: ${done} of ${total} ${unit}, ${Math.floor((100 * done) / total)}%, after ${seconds.toFixed(1)} s`);
    },
    print,
    stop: () => {},
  };
}
