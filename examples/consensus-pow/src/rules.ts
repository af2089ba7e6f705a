import { accept, compareBytes, concatBytes, equalBytes, fromHex, refuse, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { AccountId, Height, Verdict } from '@vsys/primitives';
import type { HeaderRules, IdentifiedHeader, Stepped } from '@vsys/consensus/rules';
import { WORK_MAX } from './params.ts';
import type { PowParams } from './params.ts';

export interface PowContext {
  readonly height: Height;
  /** Of all blocks of the branch together. */
  readonly total: bigint;
  /** The last blocks, oldest first: what the next work is reckoned from. */
  readonly recent: readonly { readonly timeMs: number; readonly work: bigint }[];
}

export interface PowExt {
  /** Tries that a block takes on average: the target is 2^256 / work. */
  readonly work: bigint;
  /** Whose block it is. */
  readonly account: AccountId;
  readonly nonce: bigint;
}

const EXT_BYTES = 36;
const WINDOW = 16;
/** A pause of the whole network counts as so many periods: after a day of it, work may not fall to nothing. */
const INTERVAL_PERIODS_MAX = 4;

/** Work u64, account 20 bytes, nonce u64; big-endian. */
export function powExtToBytes({ work, account, nonce }: PowExt): Uint8Array {
  return concatBytes(uint64ToBytes(work), account, uint64ToBytes(nonce));
}

export function powExtFromBytes(ext: Uint8Array): PowExt | undefined {
  return ext.length === EXT_BYTES ? { work: uint64FromBytes(ext, 0), account: ext.slice(8, 28), nonce: uint64FromBytes(ext, 28) } : undefined;
}

/** The block id is the hash that is searched for: as a number it is at most this, 2^256 / work. */
export function targetOf(work: bigint): Uint8Array {
  const target = work <= 1n ? (1n << 256n) - 1n : (1n << 256n) / work;
  return fromHex(target.toString(16).padStart(64, '0'));
}

/** What the window did, brought to the wanted pace; at most doubled or halved from block to block. */
export function nextWork({ periodMs, work }: PowParams, { recent }: PowContext): bigint {
  const last = recent.at(-1);
  if (last === undefined || recent.length < 2) return work;
  let done = 0n;
  let tookMs = 0;
  for (let i = 1; i < recent.length; i++) {
    done += recent[i]?.work ?? 0n;
    tookMs += Math.min((recent[i]?.timeMs ?? 0) - (recent[i - 1]?.timeMs ?? 0), INTERVAL_PERIODS_MAX * periodMs);
  }
  const wanted = (done * BigInt(periodMs)) / BigInt(tookMs);
  const [least, most] = [last.work / 2n, last.work * 2n < WORK_MAX ? last.work * 2n : WORK_MAX];
  const bounded = wanted < least ? least : wanted > most ? most : wanted;
  return bounded < 1n ? 1n : bounded;
}

/** Rank is the work of the whole branch. A light client needs nothing but this. */
export function createPowRules(params: PowParams): HeaderRules<PowContext> {
  const { periodMs, finalityDepth } = params;
  const driftMs = Math.min(500, Math.floor(periodMs / 4));

  const step = (parent: PowContext, { id, header, seal }: IdentifiedHeader): Verdict<Stepped<PowContext>> => {
    const ext = powExtFromBytes(header.ext);
    if (ext === undefined) return refuse('POW_EXT', `expected ${EXT_BYTES} bytes of ext, found ${header.ext.length}`);
    const work = nextWork(params, parent);
    if (ext.work !== work) return refuse('POW_WORK', `the work must be ${work}, the header says ${ext.work}`);
    if (header.timeMs <= (parent.recent.at(-1)?.timeMs ?? 0)) return refuse('POW_TIME', 'the time must be after that of the parent');
    if (seal.length > 0) return refuse('POW_SEAL', 'nobody seals these blocks');
    if (!equalBytes(header.seatSetRoot, header.nextSeatSetRoot)) return refuse('POW_SEAT_SET', 'there are no seats to change');
    if (compareBytes(id, targetOf(work)) > 0) return refuse('POW_TARGET', 'the block id is above the target');
    const total = parent.total + work;
    const context = { height: header.height, total, recent: [...parent.recent, { timeMs: header.timeMs, work }].slice(-WINDOW - 1) };
    return accept({ context, rank: [total], ...(header.height > finalityDepth ? { finalises: header.height - finalityDepth } : {}) });
  };

  return {
    driftMs,
    step,
    genesis: (_spec, { height, timeMs }) => ({ context: { height, total: 0n, recent: [{ timeMs, work: 0n }] }, rank: [0n] }),
    author: (_parent, { ext }) => powExtFromBytes(ext)?.account ?? new Uint8Array(20),
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + 4 * periodMs + driftMs,
    encode: ({ height, total, recent }) =>
      concatBytes(Uint8Array.of(1), uint64ToBytes(BigInt(height)), uint64ToBytes(total), uint32ToBytes(recent.length), ...recent.flatMap(({ timeMs, work }) => [uint64ToBytes(BigInt(timeMs)), uint64ToBytes(work)])),
    decode: (bytes) => ({
      height: Number(uint64FromBytes(bytes, 1)),
      total: uint64FromBytes(bytes, 9),
      recent: Array.from({ length: uint32FromBytes(bytes, 17) }, (_, i) => ({ timeMs: Number(uint64FromBytes(bytes, 21 + 16 * i)), work: uint64FromBytes(bytes, 29 + 16 * i) })),
    }),
  };
}
