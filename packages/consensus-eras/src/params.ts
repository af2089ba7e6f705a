import { accept, concatBytes, equalBytes, refuse, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import type { Height, Verdict } from '@vsys/primitives';

/** A module and the heights that it rules. */
export interface Era {
  /** As a chain spec names it, such as `poa@1`. */
  readonly module: string;
  /** In the module's own bytes. */
  readonly params: Uint8Array;
  /** Height of its last block; undefined in the last era, which has none. */
  readonly lastHeight: Height | undefined;
}

export const ERAS_MAX = 16;

const VERSION = 1;

/** What holds whichever modules there are: heights grow, and the last era has no end. */
export function checkEras(eras: readonly Era[]): Verdict<void, 'ERAS_PARAMS'> {
  const wrong = (message: string): Verdict<void, 'ERAS_PARAMS'> => refuse('ERAS_PARAMS', message);
  if (eras.length < 1 || eras.length > ERAS_MAX) return wrong(`eras: expected 1 to ${ERAS_MAX}, found ${eras.length}`);
  let before = 0;
  for (const [i, { module, lastHeight }] of eras.entries()) {
    if (module.length === 0 || utf8ToBytes(module).length > 255) return wrong(`eras[${i}].module: expected a name of 1 to 255 bytes`);
    if (i === eras.length - 1) {
      if (lastHeight !== undefined) return wrong(`eras[${i}].lastHeight: the last era has no last block; leave it out`);
    } else {
      if (lastHeight === undefined || !Number.isSafeInteger(lastHeight) || lastHeight <= before) return wrong(`eras[${i}].lastHeight: expected a height above ${before}, found ${lastHeight}`);
      before = lastHeight;
    }
  }
  return accept(undefined);
}

/** Version (1), count (1); then per era last height (8, 0 in the last era), module behind its length (1), parameters behind theirs (4). Big-endian. */
export function erasToBytes(eras: readonly Era[]): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION, eras.length), ...eras.flatMap(({ module, params, lastHeight = 0 }) => {
    const name = utf8ToBytes(module);
    return [uint64ToBytes(BigInt(lastHeight)), Uint8Array.of(name.length), name, uint32ToBytes(params.length), params];
  }));
}

/** Strict: takes only what `erasToBytes` writes for eras that hold. The modules' parameters are for the modules. */
export function erasFromBytes(bytes: Uint8Array): Verdict<readonly Era[], 'ERAS_PARAMS'> {
  const short = refuse('ERAS_PARAMS', `the bytes of the eras end too early, or do not begin with version ${VERSION}`);
  if (bytes.length < 2 || bytes[0] !== VERSION) return short;
  const eras: Era[] = [];
  let at = 2;
  for (let i = 0; i < (bytes[1] as number); i++) {
    if (at + 9 > bytes.length) return short;
    const height = uint64FromBytes(bytes, at);
    const nameEnd = at + 9 + (bytes[at + 8] as number);
    if (nameEnd + 4 > bytes.length || height > BigInt(Number.MAX_SAFE_INTEGER)) return short;
    const end = nameEnd + 4 + uint32FromBytes(bytes, nameEnd);
    const module = textOf(bytes.subarray(at + 9, nameEnd));
    if (end > bytes.length || module === undefined) return short;
    eras.push({ module, params: bytes.slice(nameEnd + 4, end), lastHeight: height === 0n ? undefined : Number(height) });
    at = end;
  }
  const checked = checkEras(eras);
  if (!checked.ok) return checked;
  return equalBytes(erasToBytes(eras), bytes) ? accept(eras) : refuse('ERAS_PARAMS', 'the bytes are not canonical');
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8FromBytes(bytes);
  } catch {
    return undefined;
  }
}
