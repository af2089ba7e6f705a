import { accept, concatBytes, refuse, utf8ToBytes, type Verdict } from '@vsys/primitives';
import type { DatabaseId } from './layout.ts';
import { databaseLimits, malformed, type PayloadCode } from './payload-checks.ts';

/** What an operation is about. */
export interface Target { readonly database: DatabaseId; readonly collection: string }

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** tag ‖ database (20) ‖ length of the collection's name (1) ‖ name ‖ rest. */
export function payloadAbout(tag: number, { database, collection }: Target, rest: Uint8Array = new Uint8Array()): Uint8Array {
  const name = utf8ToBytes(collection);
  return concatBytes(Uint8Array.of(tag), database, Uint8Array.of(name.length & 0xff), name, rest);
}

/** Reads what `payloadAbout` wrote, but for the tag. */
export function headOf(payload: Uint8Array): Verdict<Target & { readonly rest: Uint8Array }, PayloadCode> {
  const length = payload[21];
  if (length === undefined || payload.length < 22 + length) return malformed('it is too short or has an unknown first byte');
  const collection = nameFrom(payload.subarray(22, 22 + length), 'collection');
  return collection.ok ? accept({ database: payload.slice(1, 21), collection: collection.value, rest: payload.subarray(22 + length) }) : collection;
}

export function nameFrom(bytes: Uint8Array, what: string): Verdict<string, PayloadCode> {
  if (bytes.length <= databaseLimits.nameBytesMax) {
    const name = String.fromCharCode(...bytes);
    if (NAME.test(name)) return accept(name);
  }
  return refuse('DB_NAME', `the name of a ${what} has 1 to 64 of A-Z, a-z, 0-9, "_", "." and "-", and begins with a letter, a digit or "_"`);
}
