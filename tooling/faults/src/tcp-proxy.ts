import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { Random } from '@vsys/primitives';

/** What happens to the bytes of one direction. A stream loses none: what a network loses, TCP sends again, later. */
export interface Weather {
  /** Each piece comes so much later, drawn between the two. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Pieces of 1,000 that are lost once and come after a retransmission; all that is behind them waits. */
  readonly loss: number;
  /** Pieces of 1,000 at which the connection is reset. */
  readonly resets: number;
  /** Zero: no limit. */
  readonly bytesPerSecond: number;
}

export type Direction = 'forth' | 'back';

/** Stands between who dials and who listens. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Local ports of its connections to the target, by which the target's connections are told from others. */
  upstreamPorts(): ReadonlySet<number>;
  setWeather(weather: Weather): void;
  /** Cut: bytes of this direction are held, as by a network that drops them while TCP goes on trying; they come when it is joined again. */
  setCut(direction: Direction, cut: boolean): void;
  /** Ends the connections there are, as a router that forgets them does. */
  reset(): void;
  readonly carried: Readonly<Record<Direction, number>>;
  readonly resetCount: number;
}

export interface TcpProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  readonly random: Random & { below(below: number): number };
  readonly weather?: Weather;
}

export const calm: Weather = { delayMsMin: 0, delayMsMax: 0, loss: 0, resets: 0, bytesPerSecond: 0 };

const HOST = '127.0.0.1';
/** What TCP waits for at least before it sends again; doubled when that is lost too. */
const RETRANSMIT_MS = 200;
const RETRANSMITS_MAX = 4;
/** Held in one direction of one connection; at more its sender is not read. */
const HELD_BYTES_MAX = 4 << 20;

/** Listens on loopback, on a port that the system chooses. */
export async function createTcpProxy({ target, random, weather: first = calm }: TcpProxyOptions): Promise<TcpProxy> {
  let weather = first;
  let resetCount = 0;
  const cut: Record<Direction, boolean> = { forth: false, back: false };
  const carried: Record<Direction, number> = { forth: 0, back: 0 };
  const links = new Set<{ readonly upstream: Socket; wake(direction: Direction): void; end(): void }>();

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (dialler) => {
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const end = (): void => {
      if (!links.delete(link)) return;
      // So that both see a connection that breaks, not one that ends in order.
      for (const socket of [dialler, upstream]) socket.resetAndDestroy();
    };
    const port = { weatherNow: () => weather, isCut: (direction: Direction) => cut[direction], random, count: (direction: Direction, bytes: number) => { carried[direction] += bytes; }, reset: () => { resetCount++; end(); } };
    const forth = carry(dialler, upstream, 'forth', port);
    const back = carry(upstream, dialler, 'back', port);
    const link = { upstream, end, wake: (direction: Direction) => (direction === 'forth' ? forth : back)() };
    links.add(link);
    for (const socket of [dialler, upstream]) socket.on('error', end).on('close', () => { if (dialler.closed && upstream.closed) links.delete(link); });
  });
  server.listen(0, HOST);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    upstreamPorts: () => new Set([...links].flatMap(({ upstream }) => upstream.localPort ?? [])),
    setWeather(next) {
      weather = next;
    },
    setCut(direction, value) {
      cut[direction] = value;
      if (!value) for (const link of links) link.wake(direction);
    },
    reset() {
      for (const link of links) link.end();
    },
    carried,
    get resetCount() { return resetCount; },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      for (const link of links) link.end();
      await closed;
    },
  };
}

interface Port {
  weatherNow(): Weather;
  isCut(direction: Direction): boolean;
  readonly random: TcpProxyOptions['random'];
  count(direction: Direction, bytes: number): void;
  reset(): void;
}

/** Carries one direction in order. Returns what goes on after a cut. */
function carry(from: Socket, to: Socket, direction: Direction, { weatherNow, isCut, random, count, reset }: Port): () => void {
  const held: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];
  let heldBytes = 0;
  let ended = false;
  /** When the line is free again: pieces come in order and take their time. */
  let freeAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (isCut(direction) || to.destroyed) return;
    for (let next = held[0]; next !== undefined; next = held[0]) {
      const waitMs = next.atMs - performance.now();
      if (waitMs > 0.5) {
        timer = setTimeout(flush, waitMs);
        return;
      }
      held.shift();
      heldBytes -= next.bytes.length;
      count(direction, next.bytes.length);
      if (heldBytes < HELD_BYTES_MAX) from.resume();
      if (!to.write(next.bytes)) {
        to.once('drain', flush);
        return;
      }
    }
    if (ended && !to.writableEnded) to.end();
  };

  from.on('data', (bytes: Buffer) => {
    const { delayMsMin, delayMsMax, loss, resets, bytesPerSecond } = weatherNow();
    if (random.below(1_000) < resets) return reset();
    let delayMs = delayMsMin + random.below(delayMsMax - delayMsMin + 1);
    for (let again = 0; again < RETRANSMITS_MAX && random.below(1_000) < loss; again++) delayMs += RETRANSMIT_MS * 2 ** again;
    const sendMs = bytesPerSecond === 0 ? 0 : (bytes.length * 1_000) / bytesPerSecond;
    freeAtMs = Math.max(freeAtMs, performance.now()) + sendMs;
    const atMs = Math.max(freeAtMs + delayMs, held.at(-1)?.atMs ?? 0);
    held.push({ bytes: new Uint8Array(bytes), atMs });
    heldBytes += bytes.length;
    if (heldBytes >= HELD_BYTES_MAX) from.pause();
    if (timer === undefined) flush();
  });
  from.on('end', () => {
    ended = true;
    if (timer === undefined) flush();
  });
  to.on('close', () => clearTimeout(timer));
  return flush;
}
