import { verifyEd25519 } from './native-ed25519.ts';
import { keySchemes, type KeyScheme } from './key-scheme.ts';
import { verifySecp256k1 } from './verify.ts';
import { verifyVsys } from './vsys-signature.ts';

interface Item {
  readonly publicKey: { readonly scheme: KeyScheme; readonly bytes: Uint8Array };
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

// Per item: tag (1), key length (1), signature length (1), message length (4, big-endian), then the three.
const HEAD_BYTES = 7;
const byTag = new Map<number, KeyScheme>(Object.entries(keySchemes).map(([scheme, { tag }]) => [tag, scheme as KeyScheme]));

/** One buffer for a whole batch: cloning objects to a worker costs more than checking ids. */
export function packSignatures(items: readonly Item[]): Uint8Array {
  let length = 4;
  for (const { publicKey, message, signature } of items) length += HEAD_BYTES + Math.min(255, publicKey.bytes.length) + Math.min(255, signature.length) + message.length;
  const packed = new Uint8Array(new ArrayBuffer(length));
  const view = new DataView(packed.buffer);
  view.setUint32(0, items.length);
  let at = 4;
  for (const { publicKey, message, signature } of items) {
    // Over-long parts are cut: no scheme has such lengths, so the item stays malformed.
    const key = publicKey.bytes.subarray(0, 255);
    const sig = signature.subarray(0, 255);
    packed[at] = keySchemes[publicKey.scheme].tag;
    packed[at + 1] = key.length;
    packed[at + 2] = sig.length;
    view.setUint32(at + 3, message.length);
    at += HEAD_BYTES;
    for (const part of [key, sig, message]) {
      packed.set(part, at);
      at += part.length;
    }
  }
  return packed;
}

export function verifyPacked(packed: Uint8Array): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const verdicts = new Uint8Array(view.getUint32(0));
  let at = 4;
  for (let i = 0; i < verdicts.length; i++) {
    const scheme = byTag.get(packed[at] as number);
    const keyEnd = at + HEAD_BYTES + (packed[at + 1] as number);
    const signatureEnd = keyEnd + (packed[at + 2] as number);
    const messageEnd = signatureEnd + view.getUint32(at + 3);
    const key = packed.subarray(at + HEAD_BYTES, keyEnd);
    const signature = packed.subarray(keyEnd, signatureEnd);
    const message = packed.subarray(signatureEnd, messageEnd);
    verdicts[i] = scheme !== undefined && verifiers[scheme](key, message, signature) ? 1 : 0;
    at = messageEnd;
  }
  return verdicts;
}

const verifiers: Readonly<Record<KeyScheme, (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean>> = {
  ed25519: verifyEd25519,
  secp256k1: verifySecp256k1,
  vsys: verifyVsys,
};

/** Node's `verifySignature`: the same verdicts as the portable one, with the fastest back-end that loads. */
export function verifySignature(publicKey: Item['publicKey'], message: Uint8Array, signature: Uint8Array): boolean {
  return verifiers[publicKey.scheme](publicKey.bytes, message, signature);
}
