import { concatBytes, equalBytes, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { ChainId, Height } from '@vsys/primitives';
import { blockId, bodyRoot, receiptsRoot } from '@vsys/data-format';
import type { Header, MainReference, SealedHeader } from '@vsys/data-format';

/**
 * Headers above the last block of an era that show it to be final: *carriers*. Their bodies are empty and they follow each other, so less
 * than half of a header is left to write down, and a proof by many seats fits into one header.
 */
export type Carrier = SealedHeader;

/** Of all carriers of a proof, together: leaves 4 KiB of a header for the rest of it. */
export const PROOF_BYTES_MAX = 12_288;

const EMPTY_BODY = bodyRoot([]);
const NO_RECEIPTS = receiptsRoot([]);
const SEATS_CHANGE = 1;
const HAS_REFERENCE = 2;

/** Whether a block has nothing that could be missed. */
export function isEmpty({ bodyRoot: body, receiptsRoot: receipts, gasUsed }: Header): boolean {
  return equalBytes(body, EMPTY_BODY) && equalBytes(receipts, NO_RECEIPTS) && gasUsed === 0n;
}

/**
 * Bits 1: the seats change, 2: there is a main reference (1); time (8), stateRoot (32), historyRoot (32); with 1 nextSeatSetRoot (32); with 2 chain id (32),
 * height (8), block id (32); `ext` behind its length (2), seal behind its (4).
 */
export function carrierToBytes({ header, seal }: Carrier): Uint8Array {
  const { timeMs, stateRoot, historyRoot, seatSetRoot, nextSeatSetRoot, mainReference, ext } = header;
  const changes = !equalBytes(seatSetRoot, nextSeatSetRoot);
  return concatBytes(
    Uint8Array.of((changes ? SEATS_CHANGE : 0) | (mainReference === undefined ? 0 : HAS_REFERENCE)), uint64ToBytes(BigInt(timeMs)), stateRoot, historyRoot,
    ...(changes ? [nextSeatSetRoot] : []),
    ...(mainReference === undefined ? [] : [mainReference.chainId, uint64ToBytes(BigInt(mainReference.height)), mainReference.blockId]),
    Uint8Array.of(ext.length >> 8, ext.length & 255), ext, uint32ToBytes(seal.length), seal,
  );
}

/** What the first carrier follows. */
export interface ProofStart {
  readonly chainId: ChainId;
  readonly id: Uint8Array;
  readonly height: Height;
  /** Announced by the last block of the era. */
  readonly seatSetRoot: Uint8Array;
}

/** The headers again, each with its id. Undefined for bytes that `carrierToBytes` did not write. */
export function carriersFromBytes(start: ProofStart, bytes: Uint8Array): readonly (Carrier & { readonly id: Uint8Array })[] | undefined {
  const carriers: (Carrier & { readonly id: Uint8Array })[] = [];
  let { id: parent, height, seatSetRoot } = start;
  for (let at = 0; at < bytes.length; ) {
    const read = readCarrier(bytes, at);
    if (read === undefined) return undefined;
    const { nextSeatSetRoot = seatSetRoot, mainReference, ...rest } = read.parts;
    const header: Header = {
      version: 1, chainId: start.chainId, height: ++height, parent, bodyRoot: EMPTY_BODY, receiptsRoot: NO_RECEIPTS, gasUsed: 0n, seatSetRoot, nextSeatSetRoot, ...rest,
      ...(mainReference === undefined ? {} : { mainReference }),
    };
    const carrier = { header, seal: read.seal, id: blockId(header) };
    // One spelling only, such as for the bit that says that the seats change.
    if (!equalBytes(carrierToBytes(carrier), bytes.subarray(at, read.end))) return undefined;
    carriers.push(carrier);
    parent = carrier.id;
    seatSetRoot = nextSeatSetRoot;
    at = read.end;
  }
  return carriers;
}

interface CarrierParts {
  readonly timeMs: number;
  readonly stateRoot: Uint8Array;
  readonly historyRoot: Uint8Array;
  readonly nextSeatSetRoot?: Uint8Array;
  readonly mainReference?: MainReference;
  readonly ext: Uint8Array;
}

function readCarrier(bytes: Uint8Array, from: number): { readonly parts: CarrierParts; readonly seal: Uint8Array; readonly end: number } | undefined {
  let at = from;
  let isShort = false;
  const take = (length: number): Uint8Array => {
    isShort ||= at + length > bytes.length;
    const part = isShort ? new Uint8Array(length > 8 ? 0 : length) : bytes.slice(at, at + length);
    at += length;
    return part;
  };
  const flags = take(1)[0] as number;
  const number = (): bigint => uint64FromBytes(take(8));
  const timeMs = number();
  const [stateRoot, historyRoot] = [take(32), take(32)];
  const nextSeatSetRoot = flags & SEATS_CHANGE ? take(32) : undefined;
  const mainReference = flags & HAS_REFERENCE ? { chainId: take(32), height: Number(number()), blockId: take(32) } : undefined;
  const [high, low] = take(2) as unknown as readonly [number, number];
  const ext = take((high << 8) | low);
  const seal = take(uint32FromBytes(take(4)));
  if (isShort || timeMs > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const parts = { timeMs: Number(timeMs), stateRoot, historyRoot, ext, ...(nextSeatSetRoot === undefined ? {} : { nextSeatSetRoot }), ...(mainReference === undefined ? {} : { mainReference }) };
  return { parts, seal, end: at };
}
