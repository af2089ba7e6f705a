import { accept, concatBytes, refuse, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { AccountId, Amount, Verdict } from '@vsys/primitives';

/** What the container `spos` does, by the first byte of its payloads. docs/spec/consensus-spos-stake.md. */
export type StakeOperation =
  | { readonly kind: 'enroll' }
  | { readonly kind: 'lease'; readonly to: AccountId; readonly amount: Amount }
  | { readonly kind: 'cancelLease'; readonly id: number }
  | { readonly kind: 'contend'; readonly seat: number; readonly mintKey: Uint8Array; readonly voteKey: Uint8Array }
  | { readonly kind: 'release'; readonly seat: number }
  | { readonly kind: 'setKeys'; readonly mintKey: Uint8Array; readonly voteKey: Uint8Array }
  | { readonly kind: 'setShare'; readonly permille: number }
  | { readonly kind: 'claim'; readonly id: number }
  | { readonly kind: 'claimBond' }
  | { readonly kind: 'evidence'; readonly proof: Uint8Array };

export const PERMILLE = 1_000;
/** Two sealed headers, or two votes, with room for the list of seats in each. */
export const EVIDENCE_BYTES_MAX = 65_536;

const kinds = ['enroll', 'lease', 'cancelLease', 'contend', 'release', 'setKeys', 'setShare', 'claim', 'claimBond', 'evidence'] as const satisfies readonly StakeOperation['kind'][];
/** Bytes after the first; evidence has any number. */
const LENGTHS: Readonly<Record<Exclude<StakeOperation['kind'], 'evidence'>, number>> = { enroll: 0, lease: 28, cancelLease: 4, contend: 66, release: 2, setKeys: 64, setShare: 2, claim: 4, claimBond: 0 };

export function stakePayload(operation: StakeOperation): Uint8Array {
  const { kind } = operation;
  const first = Uint8Array.of(kinds.indexOf(kind) + 1);
  switch (kind) {
    case 'lease': return concatBytes(first, operation.to, uint64ToBytes(operation.amount));
    case 'cancelLease':
    case 'claim': return concatBytes(first, uint32ToBytes(operation.id));
    case 'contend': return concatBytes(first, uint16(operation.seat), operation.mintKey, operation.voteKey);
    case 'release': return concatBytes(first, uint16(operation.seat));
    case 'setKeys': return concatBytes(first, operation.mintKey, operation.voteKey);
    case 'setShare': return concatBytes(first, uint16(operation.permille));
    case 'evidence': return concatBytes(first, operation.proof);
    case 'enroll':
    case 'claimBond': return first;
  }
}

/** Strict in form; what state decides is left to execution. */
export function stakeOperationFromPayload(payload: Uint8Array): Verdict<StakeOperation, 'SPOS_PAYLOAD'> {
  const kind = kinds[(payload[0] ?? 0) - 1];
  if (kind === undefined) return refuse('SPOS_PAYLOAD', `expected an operation from 1 to ${kinds.length}, found ${payload[0] ?? 'nothing'}`);
  const rest = payload.slice(1);
  if (kind === 'evidence') {
    return rest.length <= EVIDENCE_BYTES_MAX ? accept({ kind, proof: rest }) : refuse('SPOS_PAYLOAD', `evidence has at most ${EVIDENCE_BYTES_MAX} bytes, found ${rest.length}`);
  }
  if (rest.length !== LENGTHS[kind]) return refuse('SPOS_PAYLOAD', `${kind} has ${LENGTHS[kind]} bytes after the first, found ${rest.length}`);
  switch (kind) {
    case 'lease': {
      const amount = uint64FromBytes(rest, 20);
      return amount === 0n ? refuse('SPOS_PAYLOAD', 'lease: amount must be above 0') : accept({ kind, to: rest.slice(0, 20), amount });
    }
    case 'cancelLease':
    case 'claim': return accept({ kind, id: uint32FromBytes(rest) });
    case 'contend': return accept({ kind, seat: uint16From(rest), mintKey: rest.slice(2, 34), voteKey: rest.slice(34) });
    case 'release': return accept({ kind, seat: uint16From(rest) });
    case 'setKeys': return accept({ kind, mintKey: rest.slice(0, 32), voteKey: rest.slice(32) });
    case 'setShare': {
      const permille = uint16From(rest);
      return permille > PERMILLE ? refuse('SPOS_PAYLOAD', `setShare: expected 0 to ${PERMILLE} thousandths, found ${permille}`) : accept({ kind, permille });
    }
    case 'enroll':
    case 'claimBond': return accept({ kind });
  }
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function uint16From(bytes: Uint8Array): number {
  return ((bytes[0] as number) << 8) | (bytes[1] as number);
}
