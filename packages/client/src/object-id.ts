import { equalBytes, fromHex, systemClock, systemRandom, toHex } from '@vsys/primitives';

const BYTES = 12;
/** Of this process or page, so that two of them never make the same id in the same second. */
const own = systemRandom.bytes(5);
let counter = systemRandom.bytes(3).reduce((sum, byte) => (sum << 8) | byte, 0);

/** An id as MongoDB makes them: seconds, five random bytes of this process, a counter. Later ones sort behind earlier ones. */
export class ObjectId {
  /** 12 of them. */
  readonly bytes: Uint8Array;

  /** @param from - 12 bytes or 24 hex digits; absent: a new one */
  constructor(from?: Uint8Array | string) {
    const bytes = from === undefined ? generate() : typeof from === 'string' ? bytesOf(from) : from.slice();
    if (bytes.length !== BYTES) throw new RangeError(`an ObjectId has ${BYTES} bytes, found ${bytes.length}`);
    this.bytes = bytes;
  }

  toHexString(): string {
    return toHex(this.bytes);
  }

  toString(): string {
    return this.toHexString();
  }

  toJSON(): string {
    return this.toHexString();
  }

  equals(other: unknown): boolean {
    return other instanceof ObjectId && equalBytes(other.bytes, this.bytes);
  }
}

function bytesOf(hex: string): Uint8Array {
  if (!/^[0-9a-f]{24}$/i.test(hex)) throw new RangeError('an ObjectId is written with 24 hex digits');
  return fromHex(hex.toLowerCase());
}

function generate(): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(systemClock.nowMs() / 1_000) % 2 ** 32);
  bytes.set(own, 4);
  counter = (counter + 1) & 0xff_ffff;
  view.setUint8(9, counter >> 16);
  view.setUint16(10, counter & 0xffff);
  return bytes;
}
