import type { Stream } from '@libp2p/interface';

/** Reads exact numbers of bytes from a stream that has no borders of its own. */
export interface StreamReader {
  /** @returns undefined when the stream ends before */
  read(length: number): Promise<Uint8Array | undefined>;
}

export function createStreamReader(stream: Stream): StreamReader {
  const chunks = stream[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array();
  return {
    async read(length) {
      const parts: Uint8Array[] = [held];
      let have = held.length;
      while (have < length) {
        const next = await chunks.next();
        if (next.done === true) return undefined;
        const bytes = next.value.subarray();
        parts.push(bytes);
        have += bytes.length;
      }
      const all = new Uint8Array(have);
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      held = all.subarray(length);
      return all.slice(0, length);
    },
  };
}

const CHUNK_BYTES = 65_536;

/** Sends all of it, waiting whenever the other side is slow. */
export async function sendAll(stream: Stream, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    if (!stream.send(bytes.subarray(at, at + CHUNK_BYTES))) await stream.onDrain({ signal });
  }
}

export function withLength(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, 4);
  return framed;
}

export function lengthOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}
