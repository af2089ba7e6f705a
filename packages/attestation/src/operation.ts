import { type AccountId, accept, concatBytes, plainTextFromBytes, refuse, uint64FromBytes, uint64ToBytes, utf8FromBytes, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { attestationLimits as limits } from './limits.ts';

export type AttestationPayloadCode = 'ATTESTATION_PAYLOAD' | 'ATTESTATION_LIMIT';

/** What one operation does: docs/spec/attestation.md §2. The registrar is the actor. */
export type AttestationOperation =
  | { readonly kind: 'register'; readonly uri: string; readonly description: string }
  | { readonly kind: 'close' }
  /** `word` is the kind of what is attested, such as `person`. */
  | { readonly kind: 'attest'; readonly subject: AccountId; readonly level: number; readonly word: string; readonly expires?: number; readonly evidence?: Uint8Array }
  | { readonly kind: 'revoke' | 'remove'; readonly subject: AccountId };

export type AttestationAction = AttestationOperation['kind'];

const TAG: Readonly<Record<AttestationAction, number>> = { register: 1, close: 2, attest: 3, revoke: 4, remove: 5 };
const kindOfTag = new Map(Object.entries(TAG).map(([kind, tag]) => [tag, kind as AttestationAction]));
const WORD = /^[a-z][a-z0-9-]{0,31}$/;
const none = new Uint8Array();

/** Parts of fixed length in a fixed order, text last: what is accepted has one spelling. */
export function payloadOf(operation: AttestationOperation): Uint8Array {
  const tag = Uint8Array.of(TAG[operation.kind]);
  switch (operation.kind) {
    case 'register': {
      const uri = utf8ToBytes(operation.uri);
      return concatBytes(tag, Uint8Array.of(uri.length & 0xff), uri, utf8ToBytes(operation.description));
    }
    case 'close': return tag;
    case 'attest': {
      const { subject, level, word, expires = 0, evidence } = operation;
      return concatBytes(tag, subject, Uint8Array.of(level & 0xff), uint64ToBytes(BigInt(expires)), Uint8Array.of(evidence === undefined ? 0 : 1), evidence ?? none, utf8ToBytes(word));
    }
    default: return concatBytes(tag, operation.subject);
  }
}

export function operationFromPayload(payload: Uint8Array): Verdict<AttestationOperation, AttestationPayloadCode> {
  const kind = kindOfTag.get(payload[0] ?? 0);
  switch (kind) {
    case undefined: return malformed('its first byte names no operation');
    case 'register': return readRegister(payload);
    case 'close': return payload.length === 1 ? accept({ kind }) : malformed('close is one byte');
    case 'attest': return readAttest(payload);
    default: return payload.length === 21 ? accept({ kind, subject: payload.slice(1) }) : malformed(`${kind} is followed by the 20 bytes of the subject`);
  }
}

function readRegister(payload: Uint8Array): Verdict<AttestationOperation, AttestationPayloadCode> {
  const end = 2 + (payload[1] ?? 0);
  if (payload.length < 2 || payload.length < end) return malformed('the length of the uri goes past the end');
  const uri = payload.subarray(2, end);
  if (uri.length > limits.uriBytesMax || !uri.every((byte) => byte > 0x20 && byte < 0x7f)) return refuse('ATTESTATION_LIMIT', `a uri has at most ${limits.uriBytesMax} printable characters of ASCII, and no space`);
  const bytes = payload.subarray(end);
  if (bytes.length === 0 || bytes.length > limits.descriptionBytesMax) return refuse('ATTESTATION_LIMIT', `a description has 1 to ${limits.descriptionBytesMax} bytes, found ${bytes.length}`);
  const description = plainTextFromBytes(bytes);
  if (description === undefined) return malformed('the description is UTF-8 without characters that are not seen');
  return accept({ kind: 'register', uri: utf8FromBytes(uri), description });
}

function readAttest(payload: Uint8Array): Verdict<AttestationOperation, AttestationPayloadCode> {
  if (payload.length < 31) return malformed('attest has subject, level, expiry, whether there is evidence, and a word');
  const [level, flag] = [payload[21] as number, payload[30] as number];
  const end = flag === 1 ? 63 : 31;
  if (flag > 1 || payload.length < end) return malformed('evidence is 00, or 01 and 32 bytes');
  if (level === 0) return refuse('ATTESTATION_LIMIT', `a level is 1 to ${limits.levelMax}`);
  const height = uint64FromBytes(payload, 22);
  if (height > BigInt(Number.MAX_SAFE_INTEGER)) return refuse('ATTESTATION_LIMIT', 'no chain comes to that height; give none for an attestation that does not run out');
  const bytes = payload.subarray(end);
  const word = bytes.every((byte) => byte < 0x80) ? utf8FromBytes(bytes) : '';
  if (!WORD.test(word)) return malformed(`the kind of an attestation is a word of 1 to ${limits.kindBytesMax} of a-z, 0-9 and "-" that begins with a letter`);
  return accept({ kind: 'attest', subject: payload.slice(1, 21), level, word, ...(height === 0n ? {} : { expires: Number(height) }), ...(flag === 1 ? { evidence: payload.slice(31, 63) } : {}) });
}

function malformed(why: string): Verdict<never, 'ATTESTATION_PAYLOAD'> {
  return refuse('ATTESTATION_PAYLOAD', `the payload is not an operation of attestations: ${why}`);
}
