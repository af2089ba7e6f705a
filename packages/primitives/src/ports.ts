/** The ports through which a layer meets the outside. The node hands in the system's; the simulator hands in its own. */

export interface Clock {
  /** Milliseconds since 1970 UTC, a whole number. */
  nowMs(): number;
}

export interface Timers {
  /** Calls back once, not before `atMs` by the clock of the same host. Returns how to call it off. */
  setAt(atMs: number, callback: () => void): () => void;
}

export interface Random {
  bytes(length: number): Uint8Array;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Only for what needs a human. */
  error(message: string, fields?: LogFields): void;
  scope(name: string): Logger;
}

export interface Metrics {
  /** Names end in a unit: `_seconds`, `_bytes`, `_total`. */
  count(name: string, help: string, by?: number): void;
  gauge(name: string, help: string, value: number): void;
  observe(name: string, help: string, value: number): void;
}

export const silentLogger: Logger = {
  debug() {}, info() {}, warn() {}, error() {},
  scope() { return silentLogger; },
};

export const noMetrics: Metrics = { count() {}, gauge() {}, observe() {} };
