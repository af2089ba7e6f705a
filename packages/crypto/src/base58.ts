import { type Verdict, accept, refuse } from '@vsys/primitives';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Addresses have 35 characters, keys 44, signatures 88; the decoder is quadratic. */
const CHARACTERS_MAX = 256;

/** Base58 with the Bitcoin alphabet. */
export function base58Encode(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i++) {
      carry += (digits[i] as number) << 8;
      digits[i] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  return '1'.repeat(zeros) + digits.reverse().map((digit) => ALPHABET[digit]).join('');
}

export function base58Decode(text: string): Verdict<Uint8Array, 'BASE58_CHARACTER' | 'BASE58_LENGTH'> {
  if (text.length > CHARACTERS_MAX) return refuse('BASE58_LENGTH', `expected at most ${CHARACTERS_MAX} characters, found ${text.length}`);
  const bytes: number[] = [];
  for (const [at, character] of [...text].entries()) {
    let carry = ALPHABET.indexOf(character);
    if (carry < 0) return refuse('BASE58_CHARACTER', `character ${at + 1} is not in the Base58 alphabet`);
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] as number) * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  let zeros = 0;
  while (zeros < text.length && text[zeros] === '1') zeros++;
  return accept(Uint8Array.from([...new Uint8Array(zeros), ...bytes.reverse()]));
}
