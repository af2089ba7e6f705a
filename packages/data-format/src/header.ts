import { type BlockId, type Verdict, accept } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { dropDefaults } from './fields.ts';
import { codecOf, decodeCanonical, fieldLength, type FormatCode, safeInteger } from './gate.ts';
import { mainReferenceToMessage, readMainReference } from './main-reference.ts';
import type { Header, SealedHeader } from './model.ts';

/** The module's bytes included; a certificate travels beside the header, not in it. */
export const headerBytesMax = 16_384;
export const sealBytesMax = 65_536;

const HASHES = ['chainId', 'parent', 'bodyRoot', 'receiptsRoot', 'stateRoot', 'seatSetRoot', 'nextSeatSetRoot', 'historyRoot'] as const;

export function headerToBytes(header: Header): Uint8Array {
  return codecOf('Header').encode(dropDefaults({
    ...header,
    height: BigInt(header.height),
    timeMs: BigInt(header.timeMs),
    mainReference: mainReferenceToMessage(header.mainReference),
  }));
}

export function headerFromBytes(bytes: Uint8Array): Verdict<Header, FormatCode> {
  return decodeCanonical<Header>('Header', bytes, headerBytesMax, (fields) => {
    const height = safeInteger('Header', 'height', fields.uint64('height'));
    if (!height.ok) return height;
    const timeMs = safeInteger('Header', 'timeMs', fields.uint64('timeMs'));
    if (!timeMs.ok) return timeMs;
    const mainReference = readMainReference(fields.child('mainReference'));
    if (!mainReference.ok) return mainReference;
    const hashes = {} as Record<(typeof HASHES)[number], Uint8Array>;
    for (const name of HASHES) {
      hashes[name] = fields.bytes(name);
      const length = fieldLength('Header', name, hashes[name], 32);
      if (!length.ok) return length;
    }
    return accept({
      version: fields.uint32('version'), height: height.value, timeMs: timeMs.value, ...hashes, gasUsed: fields.uint64('gasUsed'), ext: fields.bytes('ext'),
      ...(mainReference.value === undefined ? {} : { mainReference: mainReference.value }),
    });
  }, headerToBytes);
}

/** Hash of the header alone: the seal signs it and travels beside. */
export function blockId(header: Header): BlockId {
  return blockIdOfBytes(headerToBytes(header));
}

/** @param headerBytes - canonical bytes of a header */
export function blockIdOfBytes(headerBytes: Uint8Array): BlockId {
  return taggedHash('v/block', headerBytes);
}

export function sealedHeaderToBytes({ header, seal }: SealedHeader): Uint8Array {
  return codecOf('SealedHeader').encode(dropDefaults({ header: headerToBytes(header), seal }));
}

export function sealedHeaderFromBytes(bytes: Uint8Array): Verdict<SealedHeader, FormatCode> {
  return decodeCanonical<SealedHeader>('SealedHeader', bytes, headerBytesMax + sealBytesMax + 16, (fields) => {
    const header = headerFromBytes(fields.bytes('header'));
    return header.ok ? accept({ header: header.value, seal: fields.bytes('seal') }) : header;
  }, sealedHeaderToBytes);
}
