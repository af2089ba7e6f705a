import { type AccountId, accept, concatBytes, refuse, utf8FromBytes, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { nameLimits as limits } from './limits.ts';
import { checkName } from './name-form.ts';

export type NamePayloadCode = 'NAME_PAYLOAD' | 'NAME_FORM';

/** What one operation does: docs/spec/name.md §2. */
export type NameOperation =
  | { readonly kind: 'reserve'; readonly commitment: Uint8Array }
  | { readonly kind: 'reveal'; readonly name: string; readonly salt: Uint8Array }
  | { readonly kind: 'renew' | 'redeem' | 'buy' | 'accept' | 'clearTarget' | 'setPrimary' | 'clearLocal'; readonly name: string }
  | { readonly kind: 'offer' | 'setTarget' | 'setLocal'; readonly name: string; readonly to: AccountId };

export type NameAction = NameOperation['kind'];

const TAG: Readonly<Record<NameAction, number>> = {
  reserve: 1, reveal: 2, renew: 3, redeem: 4, buy: 5, offer: 6, accept: 7, setTarget: 8, clearTarget: 9, setPrimary: 10, setLocal: 11, clearLocal: 12,
};
const kindOfTag = new Map(Object.entries(TAG).map(([kind, tag]) => [tag, kind as NameAction]));

/** Tag, length of the name, name, and what else there is: each form has one length, so one spelling. */
export function payloadOf(operation: NameOperation): Uint8Array {
  const tag = Uint8Array.of(TAG[operation.kind]);
  if (operation.kind === 'reserve') return concatBytes(tag, operation.commitment);
  const name = utf8ToBytes(operation.name);
  const rest = operation.kind === 'reveal' ? operation.salt : 'to' in operation ? operation.to : new Uint8Array();
  return concatBytes(tag, Uint8Array.of(name.length & 0xff), name, rest);
}

export function operationFromPayload(payload: Uint8Array): Verdict<NameOperation, NamePayloadCode> {
  const kind = kindOfTag.get(payload[0] ?? 0);
  if (kind === undefined) return malformed('its first byte names no operation');
  if (kind === 'reserve') return payload.length === 33 ? accept({ kind, commitment: payload.slice(1) }) : malformed('a reservation is a commitment of 32 bytes');
  const end = 2 + (payload[1] ?? 0);
  if (payload.length < end || end === 2) return malformed('it has no name');
  const bytes = payload.subarray(2, end);
  const name = bytes.every((byte) => byte < 0x80) ? utf8FromBytes(bytes) : '';
  const form = checkName(name);
  if (!form.ok) return form;
  const rest = payload.slice(end);
  switch (kind) {
    case 'reveal':
      if (rest.length < limits.saltBytesMin || rest.length > limits.saltBytesMax) return malformed(`a salt has ${limits.saltBytesMin} to ${limits.saltBytesMax} bytes`);
      return accept({ kind, name, salt: rest });
    case 'offer': case 'setTarget': case 'setLocal':
      return rest.length === 20 ? accept({ kind, name, to: rest }) : malformed('after the name come the 20 bytes of an account or an object');
    default:
      return rest.length === 0 ? accept({ kind, name }) : malformed('nothing comes after the name');
  }
}

function malformed(why: string): Verdict<never, 'NAME_PAYLOAD'> {
  return refuse('NAME_PAYLOAD', `the payload is not an operation of names: ${why}`);
}
