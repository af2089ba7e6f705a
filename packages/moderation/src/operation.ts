import { type AccountId, accept, concatBytes, plainTextFromBytes, refuse, utf8FromBytes, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { moderationLimits as limits } from './limits.ts';
import { type Target, targetFromBytes, targetToBytes } from './target.ts';

export type ModerationPayloadCode = 'MODERATION_PAYLOAD' | 'MODERATION_LIMIT';

/** What one operation does: docs/spec/moderation.md §2. The moderator is the actor, but for an appeal. */
export type ModerationOperation =
  | { readonly kind: 'describe'; readonly uri: string; readonly description: string }
  | { readonly kind: 'mark'; readonly target: Target; readonly reason: string; readonly note: string }
  | { readonly kind: 'unmark'; readonly target: Target }
  | { readonly kind: 'appeal'; readonly moderator: AccountId; readonly target: Target; readonly text: string }
  | { readonly kind: 'answer'; readonly target: Target; readonly text: string };

export type ModerationAction = ModerationOperation['kind'];

type Result<T> = Verdict<T, ModerationPayloadCode>;

const TAG: Readonly<Record<ModerationAction, number>> = { describe: 1, mark: 2, unmark: 3, appeal: 4, answer: 5 };
const kindOfTag = new Map(Object.entries(TAG).map(([kind, tag]) => [tag, kind as ModerationAction]));
const REASON = /^[a-z][a-z0-9-]{0,31}$/;

/** A tag, counted parts in a fixed order, and a text to the end: what is accepted has one spelling. */
export function payloadOf(operation: ModerationOperation): Uint8Array {
  const tag = Uint8Array.of(TAG[operation.kind]);
  switch (operation.kind) {
    case 'describe': return concatBytes(tag, counted(operation.uri), utf8ToBytes(operation.description));
    case 'mark': return concatBytes(tag, targetPart(operation.target), counted(operation.reason), utf8ToBytes(operation.note));
    case 'unmark': return concatBytes(tag, targetPart(operation.target));
    case 'appeal': return concatBytes(tag, operation.moderator, targetPart(operation.target), utf8ToBytes(operation.text));
    case 'answer': return concatBytes(tag, targetPart(operation.target), utf8ToBytes(operation.text));
  }
}

function counted(text: string): Uint8Array {
  const bytes = utf8ToBytes(text);
  return concatBytes(Uint8Array.of(bytes.length & 0xff), bytes);
}

function targetPart(target: Target): Uint8Array {
  const bytes = targetToBytes(target);
  return concatBytes(Uint8Array.of((bytes.length >> 8) & 0xff, bytes.length & 0xff), bytes);
}

export function operationFromPayload(payload: Uint8Array): Result<ModerationOperation> {
  const kind = kindOfTag.get(payload[0] ?? 0);
  if (kind === undefined) return malformed('its first byte names no operation');
  if (kind === 'describe') return readDescribe(payload.subarray(1));
  if (kind === 'appeal' && payload.length < 21) return malformed('an appeal begins with the 20 bytes of the moderator');
  const about = readTarget(payload.subarray(kind === 'appeal' ? 21 : 1));
  if (!about.ok) return about;
  const { target, rest } = about.value;
  switch (kind) {
    case 'mark': return readMark(target, rest);
    case 'unmark': return rest.length === 0 ? accept({ kind, target }) : malformed('nothing comes after the target');
    case 'appeal': {
      const text = readText(rest, 'an appeal', 1, limits.statementBytesMax);
      return text.ok ? accept({ kind, moderator: payload.slice(1, 21), target, text: text.value }) : text;
    }
    case 'answer': {
      const text = readText(rest, 'an answer', 1, limits.statementBytesMax);
      return text.ok ? accept({ kind, target, text: text.value }) : text;
    }
  }
}

function readTarget(bytes: Uint8Array): Result<{ readonly target: Target; readonly rest: Uint8Array }> {
  const end = 2 + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
  if (bytes.length < end) return malformed('the length of the target goes past the end');
  const target = targetFromBytes(bytes.subarray(2, end));
  return target.ok ? accept({ target: target.value, rest: bytes.subarray(end) }) : target;
}

function readDescribe(bytes: Uint8Array): Result<ModerationOperation> {
  const end = 1 + (bytes[0] ?? 0);
  if (bytes.length < end) return malformed('the length of the uri goes past the end');
  const uri = bytes.subarray(1, end);
  if (uri.length > limits.uriBytesMax || !uri.every((byte) => byte > 0x20 && byte < 0x7f)) return refuse('MODERATION_LIMIT', `a uri has at most ${limits.uriBytesMax} printable characters of ASCII, and no space`);
  const description = readText(bytes.subarray(end), 'a description', 1, limits.descriptionBytesMax);
  return description.ok ? accept({ kind: 'describe', uri: utf8FromBytes(uri), description: description.value }) : description;
}

function readMark(target: Target, bytes: Uint8Array): Result<ModerationOperation> {
  const end = 1 + (bytes[0] ?? 0);
  const reason = String.fromCharCode(...bytes.subarray(1, end));
  if (bytes.length < end || !REASON.test(reason)) return malformed(`a reason is a word of 1 to ${limits.reasonBytesMax} of a-z, 0-9 and "-" that begins with a letter`);
  const note = readText(bytes.subarray(end), 'a note', 0, limits.noteBytesMax);
  return note.ok ? accept({ kind: 'mark', target, reason, note: note.value }) : note;
}

function readText(bytes: Uint8Array, what: string, min: number, max: number): Result<string> {
  if (bytes.length < min || bytes.length > max) return refuse('MODERATION_LIMIT', `${what} has ${min} to ${max} bytes, found ${bytes.length}`);
  const text = plainTextFromBytes(bytes);
  return text === undefined ? malformed(`${what} is UTF-8 without characters that are not seen`) : accept(text);
}

function malformed(why: string): Verdict<never, 'MODERATION_PAYLOAD'> {
  return refuse('MODERATION_PAYLOAD', `the payload is not an operation of moderation: ${why}`);
}
