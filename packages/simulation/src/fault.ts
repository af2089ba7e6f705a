/** One thing that goes wrong, with its time from the start of the run. Plain data, so that a list can be shrunk and replayed. */
export type Fault =
  /** Loss per 1,000 messages, delay, and copies per 1,000, of all messages. */
  | { readonly kind: 'weather'; readonly fromMs: number; readonly untilMs: number; readonly loss: number; readonly delayMaxMs: number; readonly copies: number }
  /** No message between nodes of two sides; with `oneWay` only those from the first side are lost. A node on no side reaches all of them. */
  | { readonly kind: 'cut'; readonly fromMs: number; readonly untilMs: number; readonly sides: readonly (readonly number[])[]; readonly oneWay: boolean }
  | { readonly kind: 'disconnect'; readonly fromMs: number; readonly a: number; readonly b: number }
  /** Dead from `fromMs` on, started again at `untilMs`. `power`: what was not synced may be gone. */
  | { readonly kind: 'crash'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly power: boolean }
  /** As a crash, but in the middle of the node's so-manieth write after `fromMs`; started again `downMs` later. */
  | { readonly kind: 'crashAtWrite'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly writes: number; readonly moment: 'before' | 'after'; readonly downMs: number; readonly power: boolean }
  /** The clock is wrong by so much. It comes right again while the node runs, or with a restart, when a slot may come a second time. */
  | { readonly kind: 'skew'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly skewMs: number; readonly restarts: boolean }
  | { readonly kind: 'diskFull'; readonly fromMs: number; readonly untilMs: number; readonly node: number }
  | { readonly kind: 'diskSlow'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly slowMs: number }
  | { readonly kind: 'rot'; readonly fromMs: number; readonly node: number; readonly part: 'log' | 'durable'; readonly pick: number }
  /**
   * From the start: a second node with the key of the seat, and its own disk. It never has transactions, so that its blocks differ. With `split` the two
   * speak to disjoint halves of the others.
   */
  | { readonly kind: 'twin'; readonly fromMs: 0; readonly seat: number; readonly split: boolean }
  /** What a node sends does not reach these. */
  | { readonly kind: 'withhold'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly to: readonly number[] }
  /** All that a node sends comes so much later. */
  | { readonly kind: 'late'; readonly fromMs: number; readonly untilMs: number; readonly node: number; readonly delayMs: number }
  /** No fault, but when it matters most: a quorum of the seats gives this one its other key, by a transaction. The machine of the seat has both. */
  | { readonly kind: 'rekey'; readonly fromMs: number; readonly seat: number };

export type FaultKind = Fault['kind'];

/** When a fault is over at the latest. */
export function endOfFault(fault: Fault): number {
  return 'untilMs' in fault ? fault.untilMs : fault.fromMs;
}

/** For people, and for the trace. */
export function describeFault(fault: Fault): string {
  return JSON.stringify(fault);
}

/**
 * The schedule itself is checked, as a fault that reaches into the time of healing shows a stall that is the simulator's own.
 *
 * @returns what is wrong with it; undefined when nothing is
 */
export function problemOfSchedule(faults: readonly Fault[], healAtMs: number, nodes: number): string | undefined {
  for (const fault of faults) {
    if (fault.fromMs < 0 || endOfFault(fault) > healAtMs) return `${describeFault(fault)} reaches beyond the healing at ${healAtMs} ms`;
    if (endOfFault(fault) < fault.fromMs) return `${describeFault(fault)} ends before it begins`;
    const named = [...('node' in fault ? [fault.node] : []), ...('seat' in fault ? [fault.seat] : []), ...('sides' in fault ? fault.sides.flat() : []), ...('to' in fault ? fault.to : []), ...('a' in fault ? [fault.a, fault.b] : [])];
    if (named.some((node) => !Number.isSafeInteger(node) || node < 0 || node > nodes)) return `${describeFault(fault)} names a node that is not there`;
  }
  return undefined;
}
