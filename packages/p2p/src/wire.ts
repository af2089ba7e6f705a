import { compareBytes, concatBytes, refuse, uint64FromBytes, uint64ToBytes, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import type { ChainId, Refusal, Verdict } from '@vsys/primitives';
import type { ChainHead } from './p2p-network.ts';
import { FRAME_HEAD_BYTES_MAX, HANDSHAKE_BYTES_MAX, REFUSAL_BYTES_MAX } from './p2p-limits.ts';
import { isHostRefusal } from './p2p-error.ts';
import type { P2pRefusal } from './p2p-error.ts';

/**
 * Frames of an exchange. Head: version (1 byte, 1), kind (1), chain id (32), length of the name (1), name.
 * Each value has one encoding; what does not re-encode to itself is malformed.
 */
export type FrameKind = 'hello' | 'request' | 'goodbye';
export interface FrameHead {
  readonly kind: FrameKind;
  readonly chainId: ChainId;
  /** The protocol of a request; empty otherwise. */
  readonly name: string;
}

const VERSION = 1;
const KINDS: readonly FrameKind[] = ['hello', 'request', 'goodbye'];
const CHAIN_ID_BYTES = 32;
const NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;
const VERSIONS_MAX = 16;

/** A name of a topic, protocol or version: 1 to 64 of `a-z 0-9 . _ @ -`. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

export function frameHeadToBytes(head: FrameHead): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION, KINDS.indexOf(head.kind)), head.chainId, shortText(head.name));
}

/** Undefined when malformed. */
export function frameHeadFromBytes(bytes: Uint8Array): FrameHead | undefined {
  if (bytes.length > FRAME_HEAD_BYTES_MAX || bytes[0] !== VERSION) return undefined;
  const kind = KINDS[bytes[1] ?? -1];
  const reader = createReader(bytes, 2);
  const chainId = reader.take(CHAIN_ID_BYTES);
  const name = reader.text();
  if (kind === undefined || chainId === undefined || name === undefined || !reader.done()) return undefined;
  if (kind === 'request' ? !isName(name) : name !== '') return undefined;
  return { kind, chainId: chainId.slice(), name };
}

export interface Hello {
  readonly versions: Readonly<Record<string, string>>;
  readonly head: ChainHead;
}

/** Head height (8 bytes), id (length, bytes), then the versions in order of their names: count, and name and value each with a length byte. */
export function helloToBytes(hello: Hello): Uint8Array {
  const names = Object.keys(hello.versions).sort((a, b) => compareBytes(utf8ToBytes(a), utf8ToBytes(b)));
  return concatBytes(
    uint64ToBytes(BigInt(hello.head.height)),
    Uint8Array.of(hello.head.blockId.length), hello.head.blockId,
    Uint8Array.of(names.length),
    ...names.flatMap((name) => [shortText(name), shortText(hello.versions[name] as string)]),
  );
}

/** Undefined when malformed. */
export function helloFromBytes(bytes: Uint8Array): Hello | undefined {
  if (bytes.length > HANDSHAKE_BYTES_MAX) return undefined;
  const reader = createReader(bytes, 0);
  const heightBytes = reader.take(8);
  const blockId = reader.block();
  const count = reader.byte();
  if (heightBytes === undefined || blockId === undefined || count === undefined || count > VERSIONS_MAX) return undefined;
  const height = uint64FromBytes(heightBytes);
  if (height > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const versions: Record<string, string> = {};
  let previous = '';
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    const value = reader.text();
    // Names are ASCII, so the order of strings is the order of bytes.
    if (name === undefined || value === undefined || !isName(name) || !isName(value) || name <= previous) return undefined;
    versions[name] = value;
    previous = name;
  }
  return reader.done() ? { versions, head: { height: Number(height), blockId: blockId.slice() } } : undefined;
}

/** True when the chain's own handshake can be sent at all. */
export function isHelloSendable(hello: Hello): boolean {
  const entries = Object.entries(hello.versions);
  return entries.length <= VERSIONS_MAX && entries.every(([name, value]) => isName(name) && isName(value))
    && hello.head.blockId.length <= 255 && Number.isSafeInteger(hello.head.height) && hello.head.height >= 0
    && helloToBytes(hello).length <= HANDSHAKE_BYTES_MAX;
}

const OK = 0;
const REFUSED_BY_RULE = 1;
const REFUSED_BY_HOST = 2;

/** Answer: 0 and the bytes; or 1 (the rule) or 2 (the host), code with a length byte, message. */
export function answerToBytes(verdict: Verdict<Uint8Array>, by: 'rule' | 'host'): Uint8Array {
  if (verdict.ok) return concatBytes(Uint8Array.of(OK), verdict.value);
  const code = verdict.code.slice(0, 64);
  const room = REFUSAL_BYTES_MAX - 2 - code.length;
  return concatBytes(Uint8Array.of(by === 'rule' ? REFUSED_BY_RULE : REFUSED_BY_HOST), shortText(code), cutText(verdict.message, room));
}

/** Undefined when malformed. */
export function answerFromBytes(bytes: Uint8Array): Verdict<Uint8Array, P2pRefusal> | undefined {
  const status = bytes[0];
  if (status === OK) return { ok: true, value: bytes.subarray(1) };
  if ((status !== REFUSED_BY_RULE && status !== REFUSED_BY_HOST) || bytes.length > REFUSAL_BYTES_MAX) return undefined;
  const reader = createReader(bytes, 1);
  const code = reader.text();
  const message = reader.rest();
  if (code === undefined || message === undefined || !/^[A-Za-z0-9_.-]{1,64}$/.test(code)) return undefined;
  if (status === REFUSED_BY_HOST) return isHostRefusal(code) ? fromPeer(code, { remoteMessage: message }) : undefined;
  return fromPeer('P2P_REFUSED', { remoteCode: code, remoteMessage: message });
}

function fromPeer(code: P2pRefusal, data: Record<string, unknown>): Refusal<P2pRefusal> {
  return refuse(code, 'the peer refused', { ...data, remote: true });
}

function shortText(text: string): Uint8Array {
  const bytes = utf8ToBytes(text);
  return concatBytes(Uint8Array.of(bytes.length), bytes);
}

function cutText(text: string, bytesMax: number): Uint8Array {
  let cut = utf8ToBytes(text);
  for (let length = text.length; cut.length > bytesMax; length = Math.floor(length * 0.8)) cut = utf8ToBytes(text.slice(0, length).toWellFormed());
  return cut;
}

function createReader(bytes: Uint8Array, start: number) {
  let at = start;
  const take = (length: number): Uint8Array | undefined => {
    if (at + length > bytes.length) return undefined;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const byte = (): number | undefined => take(1)?.[0];
  const block = (): Uint8Array | undefined => {
    const length = byte();
    return length === undefined ? undefined : take(length);
  };
  const decode = (part: Uint8Array | undefined): string | undefined => {
    try {
      return part === undefined ? undefined : utf8FromBytes(part);
    } catch {
      return undefined;
    }
  };
  return { take, byte, block, text: () => decode(block()), rest: () => decode(take(bytes.length - at)), done: () => at === bytes.length };
}
