import { concatBytes, equalBytes, invariant } from '@vsys/primitives';
import type { FfgContext, FfgTarget } from './context.ts';
import { refFromBytes, refToBytes } from './link.ts';
import { ffgVoters, jointVoters } from './voters.ts';
import type { FfgSet, FfgVoters } from './voters.ts';

/**
 * Version (1), justified (40), final (40), height of the first block of the set (8), count of sets (1), each id (32), count (1), keys (32 each); the set in force and
 * the voters, as positions among the sets (1 each, the second 255 for none); count of recent blocks (1), each ref (40), source (40), voters (2).
 */
export function ffgContextToBytes({ justified, final, voters, set, since, recent }: FfgContext): Uint8Array {
  const sets: FfgSet[] = [];
  const position = (one: FfgSet | undefined): number => {
    if (one === undefined) return NONE;
    const known = sets.findIndex(({ id }) => equalBytes(id, one.id));
    return known < 0 ? sets.push(one) - 1 : known;
  };
  const positions = (of: FfgVoters): Uint8Array => Uint8Array.of(position(of.sets[0]), position(of.sets[1]));
  const inForce = concatBytes(Uint8Array.of(position(set)), positions(voters));
  const targets = recent.map((one) => concatBytes(refToBytes(one.ref), refToBytes(one.source), positions(one.voters)));
  const lists = sets.map(({ id, keys }) => concatBytes(id, Uint8Array.of(keys.length), ...keys));
  return concatBytes(Uint8Array.of(VERSION), refToBytes(justified), refToBytes(final), refToBytes({ height: since, id: new Uint8Array() }), Uint8Array.of(sets.length), ...lists, inForce, Uint8Array.of(recent.length), ...targets);
}

/** Of a node's own store: what `ffgContextToBytes` did not write breaks an invariant. */
export function ffgContextFromBytes(bytes: Uint8Array): FfgContext {
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    invariant(at <= bytes.length, STORED);
    return bytes.slice(at - length, at);
  };
  const byte = (): number => take(1)[0] as number;
  const ref = () => {
    const found = refFromBytes(take(40), 0);
    invariant(found !== undefined, STORED);
    return found;
  };
  const repeat = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
  invariant(byte() === VERSION, STORED);
  const [justified, final] = [ref(), ref()];
  const since = refFromBytes(concatBytes(take(8), new Uint8Array(32)), 0)?.height;
  invariant(since !== undefined, STORED);
  const sets = repeat(byte(), (): FfgSet => ({ id: take(32), keys: repeat(byte(), () => take(32)) }));
  const setAt = (position: number): FfgSet => {
    const found = sets[position];
    invariant(found !== undefined, STORED);
    return found;
  };
  const known = new Map<string, FfgVoters>();
  const voters = (): FfgVoters => {
    const [first, second] = [byte(), byte()];
    const name = `${first} ${second}`;
    const found = known.get(name) ?? (second === NONE ? ffgVoters(setAt(first)) : jointVoters(setAt(first), setAt(second)));
    known.set(name, found);
    return found;
  };
  const set = setAt(byte());
  const inForce = voters();
  const recent = repeat(byte(), (): FfgTarget => ({ ref: ref(), source: ref(), voters: voters() }));
  invariant(at === bytes.length, STORED);
  return { justified, final, voters: inForce, set, since, recent };
}

const VERSION = 1;
const NONE = 255;
const STORED = 'a stored context is one that was encoded';
