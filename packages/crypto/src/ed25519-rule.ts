import { ed25519 } from '@noble/curves/ed25519.js';
import { equalBytes } from '@vsys/primitives';
import { sha512 } from '@vsys/crypto/hash';

/**
 * The one rule by which an Ed25519 signature is valid here, whatever library checks it: lengths 64 and 32, S below the group order,
 * A canonical, A and R not of small order, no cofactor, and R compared byte for byte. It is libsodium's rule; library defaults
 * disagree with each other (noble's accepts an all-zero key with an all-zero signature), so every back-end passes the same vectors.
 */
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const FIELD = Point.Fp.ORDER;

const littleEndian = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
};

/** y of the eight points whose order divides 8. Each has one or two signs, and those below 19 a second, non-canonical spelling. */
const SMALL_ORDER_Y: readonly bigint[] = smallOrderY();

function smallOrderY(): bigint[] {
  // 1 has order 1, -1 has order 2, 0 has order 4. Order 8 doubles to order 4: y^4·d + 2y^2 - 1 = 0.
  const mod = (n: bigint): bigint => ((n % FIELD) + FIELD) % FIELD;
  const { Fp } = Point;
  const d = mod(-121665n * Fp.inv(121666n));
  // y^2 = (-1 ± sqrt(1 + d)) / d
  const root = Fp.sqrt(mod(1n + d));
  const ys: bigint[] = [0n, 1n, FIELD - 1n];
  for (const square of [mod((-1n + root) * Fp.inv(d)), mod((-1n - root) * Fp.inv(d))]) {
    try {
      const y = Fp.sqrt(square);
      ys.push(y, mod(-y));
    } catch {
      // The other sign of the root has no square root: it belongs to no point.
    }
  }
  return [...ys, ...ys.filter((y) => y + FIELD < 1n << 255n).map((y) => y + FIELD)];
}

const toLittleEndian = (value: bigint): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
const ORDER_BYTES = toLittleEndian(ORDER);
const FIELD_BYTES = toLittleEndian(FIELD);
const SMALL_ORDER_BYTES = SMALL_ORDER_Y.map(toLittleEndian);

/** Whether a little-endian number is below a bound; its top bit, the sign of a point, is left out when masked. Ends at the first byte that differs. */
function isBelow(bytes: Uint8Array, bound: Uint8Array, topMask: number): boolean {
  const top = ((bytes[31] as number) & topMask) - (bound[31] as number);
  if (top !== 0) return top < 0;
  for (let i = 30; i >= 0; i--) {
    const difference = (bytes[i] as number) - (bound[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function isSmallOrder(encoded: Uint8Array): boolean {
  return SMALL_ORDER_BYTES.some((y) => {
    if (((encoded[31] as number) & 0x7f) !== y[31]) return false;
    for (let i = 0; i < 31; i++) if (encoded[i] !== y[i]) return false;
    return true;
  });
}

/** Whether bytes are the one spelling of their y. An R of another spelling never holds: what it is compared with is spelled so. */
export function isCanonicalPoint(encoded: Uint8Array): boolean {
  return isBelow(encoded, FIELD_BYTES, 0x7f);
}

/** What the rule says of the bytes alone, before any point is multiplied. */
export function passesEd25519Encoding(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  if (!isBelow(signature.subarray(32), ORDER_BYTES, 0xff) || !isBelow(publicKey, FIELD_BYTES, 0x7f)) return false;
  return !isSmallOrder(publicKey) && !isSmallOrder(signature.subarray(0, 32));
}

/** The rule over noble's points: for browsers, and where no native addon loads. */
export function verifyEd25519Noble(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!passesEd25519Encoding(publicKey, signature)) return false;
  const r = signature.subarray(0, 32);
  let a: InstanceType<typeof Point>;
  try {
    a = Point.fromBytes(publicKey);
  } catch {
    return false;
  }
  const k = littleEndian(sha512(r, publicKey, message)) % ORDER;
  const s = littleEndian(signature.subarray(32));
  // noble refuses the scalar 0; its multiple is the neutral point.
  const sB = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
  const kA = k === 0n ? Point.ZERO : a.multiplyUnsafe(k);
  return equalBytes(sB.subtract(kA).toBytes(), r);
}
