import { BytesError, utf8FromBytes } from './bytes.ts';

/**
 * First and last of the characters that a text for people may not hold: controls, and what turns the direction or has no width, could make it read as
 * another's. Ranges of our own, for Unicode's tables differ between engines.
 */
const UNSEEN = [[0, 0x1f], [0x7f, 0x9f], [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0xfeff, 0xfeff]] as const;

/** A text that people are shown, from UTF-8 that somebody sent; undefined where it is none, or holds what is not seen. The same on every machine. */
export function plainTextFromBytes(bytes: Uint8Array): string | undefined {
  const text = textFrom(bytes);
  return text !== undefined && [...text].every(isSeen) ? text : undefined;
}

function isSeen(letter: string): boolean {
  const code = letter.codePointAt(0) as number;
  return UNSEEN.every(([first, last]) => code < first || code > last);
}

function textFrom(bytes: Uint8Array): string | undefined {
  try {
    return utf8FromBytes(bytes);
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
}
