/** One task after the other: the one writer of a chain. */
export interface TaskQueue {
  readonly waiting: number;
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when all that was queued is done. */
  idle(): Promise<void>;
}

export function createTaskQueue(): TaskQueue {
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    run(task) {
      waiting++;
      const result = tail.then(task);
      tail = result.catch(() => undefined).finally(() => waiting--);
      return result;
    },
    async idle() {
      while (waiting > 0) await tail;
    },
  };
}
