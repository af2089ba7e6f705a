/** A slow tree by definition, and helpers to write down states. */
import { compareBytes, toHex } from '@vsys/primitives';
import { sha256 } from '@vsys/crypto/hash';
import { packBits } from '../src/key-bits.ts';
import { edgePreimage, leafPreimage } from '../src/node-preimage.ts';
import type { StateRange, StateRow, StateWrite } from '../src/index.ts';

export type Model = ReadonlyMap<string, StateRow>;

export function applied(model: Model, writes: readonly StateWrite[]): Model {
  const next = new Map(model);
  for (const { key, below } of writes) {
    if (below === true) for (const name of next.keys()) if (name.startsWith(toHex(key))) next.delete(name);
  }
  for (const { key, value, below } of writes) {
    if (below === true) continue;
    if (value === undefined) next.delete(toHex(key));
    else next.set(toHex(key), { key, value });
  }
  return next;
}

export function sortedRows(model: Model): StateRow[] {
  return [...model.values()].sort((a, b) => compareBytes(a.key, b.key));
}

export function modelRange(model: Model, range: StateRange): { rows: StateRow[]; more: boolean } {
  const all = sortedRows(model).filter(({ key }) => compareBytes(key, range.from) >= 0 && (range.to === undefined || compareBytes(key, range.to) < 0));
  if (range.reverse === true) all.reverse();
  return { rows: all.slice(0, range.limit), more: all.length > range.limit };
}

/** The root by the definition of docs/spec/state.md, from bit strings. */
export function modelRoot(model: Model): Uint8Array {
  const rows = sortedRows(model).map(({ key, value }) => ({ key, value, bits: [...key].map((byte) => `1${byte.toString(2).padStart(8, '0')}`).join('') + '0' }));
  return rows.length === 0 ? new Uint8Array(32) : hash(rows, 0);

  function hash(below: typeof rows, start: number): Uint8Array {
    const [first] = below;
    if (first === undefined) throw new Error('no rows');
    if (below.length === 1) return sha256(leafPreimage(first.key, sha256(first.value)));
    let bit = start;
    while (below.every(({ bits }) => bits[bit] === first.bits[bit])) bit++;
    const inner = sha256(hash(below.filter(({ bits }) => bits[bit] === '0'), bit + 1), hash(below.filter(({ bits }) => bits[bit] === '1'), bit + 1));
    return bit === start ? inner : sha256(edgePreimage(packBits(first.key, start, bit), bit - start, inner));
  }
}

/** Small numbers that differ from run to run only with the seed. */
export function numbers(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e37_79b9) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Keys over few letters, so that they share, contain and follow one another. */
export function randomKey(next: (below: number) => number): Uint8Array {
  const letters = [0, 1, 2, 0x7f, 0x80, 0xff];
  return Uint8Array.from({ length: next(6) }, () => letters[next(letters.length)] as number);
}

export function randomWrites(next: (below: number) => number, most: number): StateWrite[] {
  const writes = new Map<string, StateWrite>();
  for (let i = next(most + 1); i > 0; i--) {
    const key = randomKey(next);
    writes.set(toHex(key), { key, value: next(3) === 0 ? undefined : Uint8Array.from({ length: next(5) }, () => next(256)) });
  }
  return [...writes.values()];
}
