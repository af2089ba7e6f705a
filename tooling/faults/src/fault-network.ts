import type { Weather } from './tcp-proxy.ts';

/** Where a node listens, whom it dials, and what runs it. */
export interface NodePlace {
  readonly p2pListen: string;
  readonly peers: readonly string[];
  readonly rpcHost: string;
  readonly rpcPort: number;
  /** Runs the node's process; empty: as it is. */
  readonly through: readonly string[];
}

/** The network between node processes, and what can be done to it. Nodes are numbers. */
export interface FaultNetwork extends AsyncDisposable {
  /** One line: which kind it is. */
  readonly about: string;
  readonly places: readonly NodePlace[];
  /** What `from` sends does not reach `to`, until it is joined again. Cuts of one pair add up: each is joined by itself. */
  cut(from: number, to: number): Promise<void>;
  join(from: number, to: number): Promise<void>;
  /** The node is alone. */
  disconnect(node: number): Promise<void>;
  connect(node: number): Promise<void>;
  /** @throws RangeError where the network has none */
  setWeather(weather: Weather): void;
  /** Something that went around what is meant to stand in between; undefined when nothing did. */
  bypass(): Promise<string | undefined>;
}
