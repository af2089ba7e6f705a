import type { Clock, Timers } from '@vsys/primitives';

/** Gathers small items, as transactions to gossip, into batches; a message per item would cost 30 times as much. */
export interface Batcher {
  /** Flushes first when the item would not fit any more. An item above `bytesMax` travels alone. */
  add(item: Uint8Array): void;
  /** Sends what is waiting now. */
  flush(): void;
  /** Drops what is waiting and stops the timer. */
  close(): void;
}

export interface BatcherLimits {
  /** For example 100 KiB. */
  readonly bytesMax: number;
  readonly itemsMax: number;
  /** How long the first item of a batch waits for company. */
  readonly delayMs: number;
}

export function createBatcher(limits: BatcherLimits, send: (items: readonly Uint8Array[]) => void, ports: { clock: Clock; timers: Timers }): Batcher {
  let items: Uint8Array[] = [];
  let bytes = 0;
  let disarm: (() => void) | undefined;

  const take = (): Uint8Array[] => {
    disarm?.();
    disarm = undefined;
    const taken = items;
    items = [];
    bytes = 0;
    return taken;
  };
  const flush = (): void => {
    const taken = take();
    if (taken.length > 0) send(taken);
  };

  return {
    add(item) {
      if (bytes + item.length > limits.bytesMax) flush();
      items.push(item);
      bytes += item.length;
      if (items.length >= limits.itemsMax || bytes >= limits.bytesMax) flush();
      else disarm ??= ports.timers.setAt(ports.clock.nowMs() + limits.delayMs, flush);
    },
    flush,
    close() {
      take();
    },
  };
}
