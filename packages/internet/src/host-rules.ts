/**
 * What may stand in an address as a peer or a name. Our own rules: the multiaddr library takes any text there, and what a later version
 * refuses would change who can be reached.
 */

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Characters of the longest peer id: a public key of 42 bytes written out. */
const PEER_CHARS_MAX = 62;
const KEY_BYTES_MAX = 42;
const NAME_CHARS_MAX = 253;

/** True for the one spelling that libp2p gives a peer id: base58btc of a multihash, which is a short public key itself or the SHA-256 of a long one. */
export function isPeerId(text: string): boolean {
  const bytes = fromBase58(text);
  if (bytes === undefined) return false;
  const [kind, length] = bytes;
  if (length !== bytes.length - 2) return false;
  return kind === 0x00 ? length > 0 && length <= KEY_BYTES_MAX : kind === 0x12 && length === 32;
}

/** True for a domain name of the usual letters; names of other scripts come in their `xn--` form. */
export function isDomainName(text: string): boolean {
  return text.length <= NAME_CHARS_MAX && /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i.test(text);
}

/** Undefined when a character is not of the alphabet, or there are too many. Each leading `1` is a zero byte. */
function fromBase58(text: string): number[] | undefined {
  if (text.length > PEER_CHARS_MAX) return undefined;
  let value = 0n;
  for (const char of text) {
    const digit = BASE58.indexOf(char);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; value > 0n; value >>= 8n) bytes.unshift(Number(value & 0xffn));
  for (const char of text) {
    if (char !== '1') break;
    bytes.unshift(0);
  }
  return bytes;
}
