import { SingleBar } from 'cli-progress';
import { systemClock } from '@vsys/primitives';
import { say } from './output.ts';

export interface Progress {
  /** @param done - never falls */
  update(done: number): void;
  stop(): void;
}

const LINES = 10;

/** How far long work is, on stderr: a bar on a terminal, a line for each tenth elsewhere. */
export function createProgress({ what, unit, total, terminal = process.stderr.isTTY === true }: { what: string; unit: string; total: number; terminal?: boolean }): Progress {
  if (total === 0) return { update: () => {}, stop: () => {} };
  return terminal ? bar(what, unit, total) : lines(what, unit, total);
}

function bar(what: string, unit: string, total: number): Progress {
  const shown = new SingleBar({ format: `${what} {bar} {percentage}%  {value} of {total} ${unit}, {eta_formatted} left`, stream: process.stderr, hideCursor: true, clearOnComplete: false, etaBuffer: 100 });
  shown.start(total, 0);
  return { update: (done) => shown.update(Math.min(done, total)), stop: () => shown.stop() };
}

function lines(what: string, unit: string, total: number): Progress {
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
    stop: () => {},
  };
}
