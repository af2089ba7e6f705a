import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes } from '@vsys/primitives';
import { verifyEd25519Noble } from './ed25519-rule.ts';
import { sha512 } from './hash.ts';

/**
 * Signatures of the V SYSTEMS network: keys are points of Curve25519 (Montgomery u), signatures are made on its Edwards form, and the
 * sign of the Edwards key travels in the top bit of the last byte (Signal's XEdDSA without its hash-to-point).
 */
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const { Fp } = Point;

const fromLittleEndian = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
};
const toLittleEndian = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(32);
  for (let i = 0, rest = value; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
};
const mod = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER;

/** The private key with the bits that Curve25519 fixes. */
export function clampVsysSecret(secret: Uint8Array): Uint8Array {
  const clamped = secret.slice();
  clamped[0] = (clamped[0] as number) & 0xf8;
  clamped[31] = ((clamped[31] as number) & 0x7f) | 0x40;
  return clamped;
}

/** @returns the Montgomery u-coordinate, 32 bytes */
export function vsysPublicKey(secret: Uint8Array): Uint8Array {
  const { y } = Point.BASE.multiply(mod(fromLittleEndian(clampVsysSecret(secret)))).toAffine();
  return toLittleEndian(Fp.mul(Fp.add(1n, y), Fp.inv(Fp.sub(1n, y))));
}

/** @param random - 64 bytes, fresh for each signature */
export function signVsys(secret: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array {
  const clamped = clampVsysSecret(secret);
  const a = fromLittleEndian(clamped);
  const key = Point.BASE.multiply(mod(a)).toBytes();
  const domain = new Uint8Array(32).fill(0xff);
  domain[0] = 0xfe;
  const r = mod(fromLittleEndian(sha512(domain, clamped, message, random)));
  const encodedR = Point.BASE.multiply(r).toBytes();
  const k = mod(fromLittleEndian(sha512(encodedR, key, message)));
  const signature = concatBytes(encodedR, toLittleEndian(mod(r + k * mod(a))));
  signature[63] = (signature[63] as number) | ((key[31] as number) & 0x80);
  return signature;
}

export function verifyVsys(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const u = fromLittleEndian(publicKey);
  if (u >= Fp.ORDER || u === Fp.ORDER - 1n) return false;
  const edwards = toLittleEndian(Fp.mul(Fp.sub(u, 1n), Fp.inv(Fp.add(u, 1n))));
  const sign = (signature[63] as number) & 0x80;
  edwards[31] = (edwards[31] as number) | sign;
  const plain = signature.slice();
  plain[63] = (plain[63] as number) & 0x7f;
  return verifyEd25519Noble(edwards, message, plain);
}
