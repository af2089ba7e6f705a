import { multiaddr } from '@multiformats/multiaddr';
import type { ComponentLogger, Connection, Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';
import { type DefineTest, ComplianceError, equal } from '@vsys/primitives/compliance';
import { parseAddress } from '../src/index.ts';

export interface TransportSubject {
  readonly transport: Transport;
  /** Where it listens; with port 0, or a name that nobody else has. */
  readonly at: string;
}

export interface TransportLaws {
  readonly test: DefineTest;
  readonly create: (connectionsMax: number) => TransportSubject;
  /** So often 5 ms pass before a condition counts as never coming true. Default 4,000. */
  readonly passesMax?: number;
}

const line = Object.assign(() => {}, { enabled: false, error() {}, trace() {}, newScope: () => line });
export const logger = { forComponent: () => line } as unknown as ComponentLogger;

/** What every transport promises to libp2p and to our limits, over its own interface. Connections are taken as they are, without encryption. */
export function transportLaws({ test, create, passesMax = 4_000 }: TransportLaws): void {
  for (const [name, law] of laws) {
    test(name, async () => {
      const stage = createStage(create, passesMax);
      try {
        await law(stage);
      } finally {
        await stage.end();
      }
    });
  }
}

interface Stage {
  listen(options?: { readonly connectionsMax?: number; readonly refuses?: boolean }): Promise<Listening>;
  /** Dials, and takes the connection unless the upgrade is to fail. */
  dial(to: Listening, options?: { readonly fails?: boolean; readonly signal?: AbortSignal }): Promise<MultiaddrConnection>;
  until(what: string, holds: () => boolean): Promise<void>;
  end(): Promise<void>;
}

interface Listening {
  readonly transport: Transport;
  readonly address: string;
  /** Inbound connections that were taken, and those that were not. */
  readonly taken: MultiaddrConnection[];
  readonly refused: MultiaddrConnection[];
  close(): Promise<void>;
}

type Law = readonly [name: string, run: (stage: Stage) => Promise<void>];

const laws: readonly Law[] = [
  ['announces where it listens, and can be dialled there', async (stage) => {
    const host = await stage.listen();
    const parsed = parseAddress(host.address);
    equal(parsed.ok && (parsed.value.transport === 'memory' || parsed.value.port > 0), true, `${host.address} is an address`);
    await stage.dial(host);
    await stage.until('the connection is taken', () => host.taken.length === 1);
  }],
  ['carries bytes both ways, all of them and in order', async (stage) => {
    const host = await stage.listen();
    const out = await stage.dial(host);
    await stage.until('the connection is taken', () => host.taken.length === 1);
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251);
    for (const [from, to] of [[out, host.taken[0]], [host.taken[0], out]] as [MultiaddrConnection, MultiaddrConnection][]) {
      const got = received(to);
      for (let at = 0; at < bytes.length; at += 30_000) if (!from.send(bytes.subarray(at, at + 30_000))) await from.onDrain();
      await stage.until('all bytes arrive', () => got.length === bytes.length);
      equal(Uint8Array.from(got), bytes, 'bytes');
    }
  }],
  ['refuses to dial where nobody listens', async (stage) => {
    const host = await stage.listen();
    await host.close();
    equal(await outcome(stage.dial(host)), 'refused', 'dial');
  }],
  ['gives up a dial that is called off', async (stage) => {
    const host = await stage.listen();
    equal(await outcome(stage.dial(host, { signal: AbortSignal.abort() })), 'refused', 'dial');
  }],
  ['turns away what is above the limit, and takes again when one left', async (stage) => {
    const host = await stage.listen({ connectionsMax: 2 });
    const first = await stage.dial(host);
    await stage.dial(host);
    await stage.until('two are taken', () => host.taken.length === 2);
    const third = await stage.dial(host).catch(() => undefined);
    await stage.until('the third is cut off', () => third === undefined || isOver(third));
    equal(host.taken.length, 2, 'connections taken');
    first.abort(new Error('leaves'));
    await stage.until('its place is free', () => host.taken.some(isOver));
    await stage.dial(host);
    await stage.until('another is taken', () => host.taken.length === 3);
  }],
  ['ends a connection at both sides, whoever ends it and however', async (stage) => {
    const host = await stage.listen();
    for (const [i, end] of ([(from) => from.abort(new Error('ends')), (_, to) => to.abort(new Error('ends')), (from) => void from.close(), (_, to) => void to.close()] as ((from: MultiaddrConnection, to: MultiaddrConnection) => void)[]).entries()) {
      const out = await stage.dial(host);
      await stage.until('the connection is taken', () => host.taken.length === i + 1);
      const inbound = host.taken[i] as MultiaddrConnection;
      // Who reads nothing hears of no end.
      received(out);
      received(inbound);
      end(out, inbound);
      await stage.until(`both sides are over, way ${i + 1}`, () => isOver(out) && isOver(inbound));
    }
  }],
  ['leaves nothing at the other side of a dial whose upgrade fails', async (stage) => {
    const host = await stage.listen();
    equal(await outcome(stage.dial(host, { fails: true })), 'refused', 'dial');
    await stage.until('the other side has it no more', () => host.taken.every(isOver) && host.taken.length === 1);
  }],
  ['ends at the dialling side what the listening side does not take', async (stage) => {
    const host = await stage.listen({ refuses: true });
    // It may be cut off before the dial is done.
    const out = await stage.dial(host).catch(() => undefined);
    if (out !== undefined) received(out);
    await stage.until('the dialling side has it no more', () => out === undefined || isOver(out));
    equal(host.taken.length, 0, 'connections taken');
  }],
];

function createStage(create: TransportLaws['create'], passesMax: number): Stage {
  const opened: (MultiaddrConnection | Listening)[] = [];
  const dialling: Promise<unknown>[] = [];
  return {
    async listen({ connectionsMax = 100, refuses = false } = {}) {
      const { transport, at } = create(connectionsMax);
      const taken: MultiaddrConnection[] = [];
      const refused: MultiaddrConnection[] = [];
      const upgrader = upgraderOf({ async upgradeInbound(connection) {
        (refuses ? refused : taken).push(connection);
        received(connection);
        if (refuses) throw new Error('not taken');
      } });
      const listener: Listener = transport.createListener({ upgrader });
      await listener.listen(multiaddr(at));
      const listening: Listening = { transport, address: String(listener.getAddrs()[0] ?? 'nowhere'), taken, refused, close: async () => void (await listener.close()) };
      opened.push(listening);
      return listening;
    },
    async dial({ transport, address }, { fails = false, signal = new AbortController().signal } = {}) {
      const upgrader = upgraderOf({ async upgradeOutbound(connection) {
        opened.push(connection);
        if (fails) throw new Error('not taken');
        return connection as unknown as Connection;
      } });
      const dialled = transport.dial(multiaddr(address), { upgrader, signal }) as unknown as Promise<MultiaddrConnection>;
      dialling.push(dialled.catch(() => {}));
      return dialled;
    },
    async until(what, holds) {
      for (let passes = 0; !holds(); passes++) {
        if (passes === passesMax) throw new ComplianceError('COMPLIANCE_FAILED', `never: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async end() {
      await Promise.all(dialling);
      for (const one of opened.toReversed()) {
        if (!('taken' in one)) one.abort(new Error('end of law'));
        else {
          for (const connection of [...one.taken, ...one.refused]) connection.abort(new Error('end of law'));
          await one.close();
        }
      }
    },
  };
}

const upgraderOf = (methods: Partial<Upgrader>): Upgrader => methods as Upgrader;
const isOver = ({ status }: MultiaddrConnection): boolean => status !== 'open' && status !== 'closing';
const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'connected', () => 'refused');
const readers = new WeakMap<MultiaddrConnection, number[]>();

/** Bytes that came in, from the first call on. */
function received(connection: MultiaddrConnection): number[] {
  const known = readers.get(connection);
  if (known !== undefined) return known;
  const got: number[] = [];
  readers.set(connection, got);
  connection.addEventListener('message', ({ data }) => {
    for (const byte of data.subarray()) got.push(byte);
  });
  return got;
}
