/** Base64 by what browsers and Node share: `btoa` and `atob` take text of one character per byte. */

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // Arguments of one call go on the stack, which takes no megabytes.
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}

/** @returns undefined for what is not base64 with padding */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
