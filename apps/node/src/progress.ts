import { SingleBar } from 'cli-progress';

export interface Progress extends Disposable {
  /** @param done - how many of the total, from the start on */
  update(done: number): void;
}

/** Parts of the whole after which a line is printed where there is no terminal. */
const LINES = 10;

/**
 * How far long work is: a bar on a terminal, elsewhere a line now and then.
 *
 * @param what - of what, such as `cities stored`
 */
export function createProgress(what: string, total: number, { done = 0, stream = process.stderr }: { done?: number; stream?: NodeJS.WriteStream } = {}): Progress {
  if (total <= done) return { update() {}, [Symbol.dispose]() {} };
  if (stream.isTTY === true) {
    const bar = new SingleBar({ format: `{bar} {value} of {total} ${what}, {eta_formatted} to go`, stream, hideCursor: true, etaBuffer: 50, barsize: 30 });
    bar.start(total, done);
    return { update: (now) => bar.update(now), [Symbol.dispose]: () => bar.stop() };
  }
  let told = Math.floor((LINES * done) / total);
  return {
    update(now) {
      const part = Math.floor((LINES * now) / total);
      if (part <= told) return;
      told = part;
      stream.write(`${now} of ${total} ${what}\n`);
    },
    [Symbol.dispose]() {},
  };
}
