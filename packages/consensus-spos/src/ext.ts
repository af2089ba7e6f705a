import { accept, concatBytes, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { FFG_CERTIFICATES_PER_HEADER_MAX, type FfgCertificate, ffgCertificateFromBytes, ffgCertificateToBytes } from '@vsys/finality-ffg';
import { type Seat, seatListFromBytes, seatListToBytes } from './seat-list.ts';

/** What a header carries for this rule. */
export interface SposExt {
  readonly slot: number;
  /** Index of the seat whose slot it is. */
  readonly seat: number;
  /** What the branch is told of finality, by growing height of the target. Absent: nothing. */
  readonly certificates?: readonly FfgCertificate[];
  /** Seats that shall take over, where this header announces any. */
  readonly announces?: readonly Seat[];
}

const HEAD_BYTES = 11;

/** Slot u64, seat index u16, count of certificates u8; each its length u16 and its bytes; then the list of seats, if one is announced. Big-endian. */
export function sposExtToBytes({ slot, seat, certificates = [], announces }: SposExt): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, BigInt(slot));
  view.setUint16(8, seat);
  view.setUint8(10, certificates.length);
  const parts = certificates.map(ffgCertificateToBytes).flatMap((bytes) => [Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes]);
  return concatBytes(head, ...parts, announces === undefined ? new Uint8Array() : seatListToBytes(announces));
}

/** Strict in form: takes only what `sposExtToBytes` writes. Whether certificates and seats hold is for the rules. */
export function sposExtFromBytes(bytes: Uint8Array): Verdict<SposExt, 'SPOS_EXT' | 'FFG_CERTIFICATE'> {
  if (bytes.length < HEAD_BYTES) return refuse('SPOS_EXT', `expected at least ${HEAD_BYTES} bytes of ext, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slot = view.getBigUint64(0);
  if (slot > BigInt(Number.MAX_SAFE_INTEGER)) return refuse('SPOS_EXT', `slot ${slot} is beyond all time`);
  const count = view.getUint8(10);
  if (count > FFG_CERTIFICATES_PER_HEADER_MAX) return refuse('SPOS_EXT', `expected at most ${FFG_CERTIFICATES_PER_HEADER_MAX} certificates, found ${count}`);
  const certificates: FfgCertificate[] = [];
  let at = HEAD_BYTES;
  for (let i = 0; i < count; i++) {
    const end = at + 2 > bytes.length ? Number.POSITIVE_INFINITY : at + 2 + view.getUint16(at);
    if (end > bytes.length) return refuse('SPOS_EXT', `the bytes of ext end inside certificate ${i}`);
    const certificate = ffgCertificateFromBytes(bytes.slice(at + 2, end));
    if (!certificate.ok) return certificate;
    certificates.push(certificate.value);
    at = end;
  }
  const told = { slot: Number(slot), seat: view.getUint16(8), ...(count === 0 ? {} : { certificates }) };
  if (at === bytes.length) return accept(told);
  const announces = seatListFromBytes(bytes.subarray(at));
  return announces.ok ? accept({ ...told, announces: announces.value }) : refuse('SPOS_EXT', announces.message);
}
