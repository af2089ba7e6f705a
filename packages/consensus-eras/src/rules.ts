import { accept, concatBytes, equalBytes, invariant, refuse, toHex } from '@vsys/primitives';
import type { Height, Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import type { Header } from '@vsys/data-format';
import type { AuthoredHeader, HeaderRules, IdentifiedHeader, Rank, Stepped } from '@vsys/consensus/rules';
import { attemptAt, carriersMax } from './attempts.ts';
import { contextFromBytes, contextToBytes } from './context.ts';
import type { ErasContext } from './context.ts';
import { splitExt } from './ext.ts';
import type { EndedEra } from './record.ts';
import { carriersFromBytes, carrierToBytes, isEmpty, PROOF_BYTES_MAX } from './proof.ts';

export type { ErasContext } from './context.ts';
/** For a light client, which needs the eras and the rules of each, and nothing else. */
export { erasFromBytes } from './params.ts';
export type { Era } from './params.ts';
export { eraRecordHash, withRecords } from './record.ts';
export type { EndedEra, EraRecord } from './record.ts';

export type ErasCode = 'ERAS_EXT' | 'ERAS_RECORD' | 'ERAS_RECORD_MISSING' | 'ERAS_BODY' | 'ERAS_OVER' | 'ERAS_ATTEMPT' | 'ERAS_CARRIERS' | 'ERAS_PROOF' | 'ERAS_TIME';

/** An era whose module is at hand. */
export interface RuledEra extends EndedEra {
  readonly rules: HeaderRules<unknown>;
}

/** What a header is among the eras, and how its own module sees it. */
export type Place = {
  /** Whose rules judge it. */
  readonly era: number;
  /** Context of its parent under these rules. */
  readonly parent: unknown;
  /** The module's own. */
  readonly ext: Uint8Array;
  /** Bytes of `ext` ahead of the module's. */
  readonly prefix: Uint8Array;
} & (
  | { readonly kind: 'within' }
  | { readonly kind: 'carrier'; readonly attempt: number }
  | { readonly kind: 'first'; readonly proof: Uint8Array; readonly start: EraStart }
);

/** What a module begins with: the last block of the era before, as if it were a genesis. */
export interface EraStart {
  readonly context: unknown;
  readonly rank: Rank;
  readonly seatSetRoot: Uint8Array;
}

export interface ErasRules extends HeaderRules<ErasContext> {
  /** Where the child of such a parent belongs. */
  place(parent: ErasContext, child: AuthoredHeader): Verdict<Place, ErasCode>;
  /** How an era begins at the last block of the one before. */
  startOf(era: number, last: ErasContext): EraStart;
  /** Folds the old module over the proof in the first header of an era. It must end with the header that makes the last block of the era before final. */
  checkProof(last: ErasContext, header: Header, proof: Uint8Array): Verdict<void, ErasCode>;
  /** The header as its module sees it. */
  innerHeader(place: Place, header: Header): Header;
}

/**
 * Rules that hand a branch from one module to the next: each header is judged by the module of its era, and the first of an era also by what it
 * shows of the old module's finality.
 *
 * @see docs/spec/consensus-eras.md
 */
export function createErasRules(eras: readonly RuledEra[]): ErasRules {
  const eraAt = (era: number): RuledEra => {
    const found = eras[era];
    invariant(found !== undefined, 'a context names an era that there is', { era });
    return found;
  };
  const driftMs = Math.max(...eras.map(({ rules }) => rules.driftMs));
  const codecOf = (era: number): HeaderRules<unknown> => eraAt(era).rules;

  const startOf = (era: number, { height, id, timeMs }: ErasContext): EraStart => {
    const { rules, module, params } = eraAt(era);
    return { ...rules.genesis({ consensus: { module, params } }, { height, id, timeMs }), seatSetRoot: taggedHash('v/seats', params) };
  };

  const place = (parent: ErasContext, { ext, timeMs }: AuthoredHeader): Verdict<Place, ErasCode> => {
    const { era, height, isProven, inner } = parent;
    const { lastHeight, endedBy } = eraAt(era);
    if (lastHeight === undefined || height < lastHeight) return accept({ kind: 'within', era, parent: inner, ext, prefix: new Uint8Array() });
    const over = (): Verdict<Place, ErasCode> => refuse('ERAS_OVER', `era ${era} ended: its last block, ${lastHeight}, is final on this branch, and what follows is era ${era + 1} on that block`);
    if (height > lastHeight) return isProven ? over() : accept({ kind: 'carrier', era, parent: inner, ext, prefix: new Uint8Array(), attempt: attemptAt(parent.endedMs, timeMs) });
    const split = splitExt(ext);
    if (!isSameRecord(split?.prefix.record, endedBy)) {
      const [expected, found] = [endedBy, split?.prefix.record].map((record) => (record === undefined ? 'no record' : `the record ${toHex(record)}`));
      // Who has no record builds so, as everybody's log may hold it from before: nobody's fault.
      return refuse('ERAS_RECORD', `era ${era} ends after block ${lastHeight} with ${expected}, the header has ${found}`, { retry: endedBy !== undefined && split?.prefix.record === undefined });
    }
    if (split === undefined) return refuse('ERAS_EXT', 'what follows the last block of an era begins with what it is');
    const { prefix, inner: innerExt } = split;
    const bytes = ext.slice(0, ext.length - innerExt.length);
    if (prefix.kind === 'carrier') return isProven ? over() : accept({ kind: 'carrier', era, parent: inner, ext: innerExt, prefix: bytes, attempt: attemptAt(parent.endedMs, timeMs) });
    const start = startOf(era + 1, parent);
    return accept({ kind: 'first', era: era + 1, parent: start.context, ext: innerExt, prefix: bytes, proof: prefix.proof, start });
  };

  const innerHeader = (placed: Place, header: Header): Header => {
    if (placed.kind === 'first') return { ...header, ext: placed.ext, seatSetRoot: placed.start.seatSetRoot };
    return placed.prefix.length === 0 ? header : { ...header, ext: placed.ext };
  };

  /** Carriers go no further than the proof that they are for, and hold nothing that could be missed. */
  const checkCarrier = (parent: ErasContext, { header, seal }: IdentifiedHeader, attempt: number): Verdict<number, ErasCode> => {
    if (!isEmpty(header)) return refuse('ERAS_BODY', `the block at height ${header.height} stands above the last of its era, so it must be empty`);
    if (parent.height > (eraAt(parent.era).lastHeight as Height) && attempt !== parent.attempt && !parent.isBase) {
      return refuse('ERAS_ATTEMPT', `attempt ${attempt} begins on the last block of the era or on a header that made a carrier justified, not on another one of attempt ${parent.attempt}`);
    }
    const carriers = header.height - (eraAt(parent.era).lastHeight as Height);
    if (carriers > carriersMax(attempt)) return refuse('ERAS_CARRIERS', `carrier ${carriers} is one too many for attempt ${attempt}; the next attempt begins on the last block of the era`);
    const proofBytes = parent.proofBytes + carrierToBytes({ header, seal }).length;
    if (proofBytes > PROOF_BYTES_MAX) return refuse('ERAS_CARRIERS', `a proof with this header has ${proofBytes} bytes, ${PROOF_BYTES_MAX} fit; the next attempt begins on the last block of the era`);
    return accept(proofBytes);
  };

  /** Folds the old module over the proof. It must end with the header that makes the last block of the era final. */
  const checkProof = (last: ErasContext, header: Header, proof: Uint8Array): Verdict<void, ErasCode> => {
    const wrong = (message: string, reason?: string): Verdict<void, ErasCode> => refuse('ERAS_PROOF', message, reason === undefined ? undefined : { reason });
    if (proof.length > PROOF_BYTES_MAX) return wrong(`a proof has at most ${PROOF_BYTES_MAX} bytes, this one has ${proof.length}`);
    const carriers = carriersFromBytes({ chainId: header.chainId, id: header.parent, height: last.height, seatSetRoot: header.seatSetRoot }, proof);
    if (carriers === undefined) return wrong('the proof does not consist of headers');
    let at = last;
    for (const { id, header: carrier, seal } of carriers) {
      if (carrier.timeMs <= at.timeMs) return wrong(`header ${carrier.height} of the proof is not after the one before`, 'HEADER_TIME');
      const stepped = step(at, { id, header: carrier, seal });
      if (!stepped.ok) return wrong(`header ${carrier.height} of the proof is refused: ${stepped.message}`, stepped.code);
      if (stepped.value.context.era !== last.era) return wrong('a proof holds no header of the new era');
      at = stepped.value.context;
    }
    if (!at.isProven) return wrong(`${carriers.length} headers do not make block ${last.height} final under the module of its era`);
    if (header.timeMs <= at.timeMs) return refuse('ERAS_TIME', `the first block of an era comes after the headers of its proof, the last of which is of ${at.timeMs}`);
    return accept(undefined);
  };

  const step = (parent: ErasContext, child: IdentifiedHeader): Verdict<Stepped<ErasContext>> => {
    const { id, header, seal } = child;
    const placed = place(parent, header);
    if (!placed.ok) return placed;
    const found = placed.value;
    const { rules, lastHeight, endedBy } = eraAt(found.era);
    let proofBytes = 0;
    if (found.kind === 'carrier') {
      const checked = checkCarrier(parent, child, found.attempt);
      if (!checked.ok) return checked;
      proofBytes = checked.value;
    }
    if (found.kind === 'first') {
      const checked = checkProof(parent, header, found.proof);
      if (!checked.ok) return checked;
    }
    const stepped = rules.step(found.parent, { id, header: innerHeader(found, header), seal });
    if (!stepped.ok) return missingRecord(parent, child) ?? stepped;
    const { context: inner, rank, justifies, finalises } = stepped.value;
    // Those who seal must say which record they mean: where it is one, the module's word on its last block is not enough.
    const isEnough = lastHeight !== undefined && (endedBy === undefined ? header.height >= lastHeight : header.height > lastHeight);
    const isProven = isEnough && rank !== null && finalises !== undefined && finalises >= lastHeight;
    const capped = (height: Height | undefined): Height | undefined => (height === undefined || lastHeight === undefined ? height : Math.min(height, lastHeight));
    // The proof makes the last block of the era before final, whatever the new module says.
    const final = found.kind === 'first' ? Math.max(parent.height, capped(finalises) ?? 0) : capped(finalises);
    const safe = capped(justifies);
    // Votes that go out from a justified carrier are never given to a branch without it: what is to be final is built on it.
    const justified = found.kind === 'carrier' ? Math.max(parent.justified, justifies !== undefined && justifies > (lastHeight as Height) ? justifies : 0) : 0;
    const isBase = found.kind === 'carrier' && justified > parent.justified;
    const attempt = found.kind === 'carrier' ? found.attempt : undefined;
    const endedMs = attempt !== undefined ? parent.endedMs : header.height === lastHeight ? header.timeMs : 0;
    return accept({
      context: { era: found.era, height: header.height, timeMs: header.timeMs, id, isProven, attempt: attempt ?? 0, endedMs, justified, isBase, proofBytes, inner },
      rank: rank === null ? null : rankOf({ era: found.era, isProven, justified, attempt: attempt === undefined ? 0 : attempt + 1 }, rank),
      ...(safe === undefined ? {} : { justifies: safe }),
      ...(final === undefined ? {} : { finalises: final }),
    });
  };

  /**
   * A header that the last era refuses, and that names a record which is not here. By whose turn it is: an agreement that may come to something, and no fault.
   * With the proof that the old module itself made its last block final with such headers: nobody can make that up, so there is no use in going on without it.
   */
  const missingRecord = (parent: ErasContext, child: IdentifiedHeader): Verdict<never, ErasCode> | undefined => {
    const era = eraAt(parent.era);
    const prefix = era.lastHeight === undefined ? splitExt(child.header.ext)?.prefix : undefined;
    if (prefix?.record === undefined) return undefined;
    const ended = createErasRules([...eras.slice(0, parent.era), { ...era, lastHeight: parent.height, endedBy: prefix.record }]);
    const last = { ...parent, endedMs: parent.timeMs };
    const isFirst = prefix.kind === 'first';
    if (!(isFirst ? ended.checkProof(last, child.header, prefix.proof) : ended.step(last, child)).ok) return undefined;
    const record = toHex(prefix.record);
    const what = isFirst ? 'goes on' : 'may go on';
    return refuse('ERAS_RECORD_MISSING', `after block ${parent.height} the chain ${what} by the era record ${record}, which is not here: get it from those who run the chain, check its hash, and set it in chain.eras`, { record, lastHeight: parent.height, ...(isFirst ? { halt: true } : { retry: true }) });
  };

  const placedOrFail = (parent: ErasContext, child: AuthoredHeader): Place => {
    const placed = place(parent, child);
    invariant(placed.ok, 'only headers that step accepts are asked about', { height: child.height });
    return placed.value;
  };

  return {
    driftMs,
    genesis: (_spec, { height, id, timeMs }) => {
      const { rules, module, params } = eraAt(0);
      const { context: inner, rank } = rules.genesis({ consensus: { module, params } }, { height, id, timeMs });
      return { context: { era: 0, height, timeMs, id, isProven: false, attempt: 0, endedMs: 0, justified: 0, isBase: false, proofBytes: 0, inner }, rank: rankOf({ era: 0, isProven: false, justified: 0, attempt: 0 }, rank) };
    },
    step,
    ...(eras.every(({ rules }) => rules.author !== undefined) ? {
      author: (parent, child) => {
        const placed = placedOrFail(parent, child);
        const author = eraAt(placed.era).rules.author?.(placed.parent, { height: child.height, timeMs: child.timeMs, ext: placed.ext });
        invariant(author !== undefined, 'each era names its authors');
        return author;
      },
    } : {}),
    earliest: (parent, header) => {
      const placed = place(parent, header);
      if (!placed.ok) return header.timeMs;
      const { rules } = eraAt(placed.value.era);
      // The drift is the largest of all: a module with less of it keeps its own.
      return rules.earliest(placed.value.parent, innerHeader(placed.value, header)) + driftMs - rules.driftMs;
    },
    isTimely: (parent, header, nowMs) => {
      const placed = place(parent, header);
      return placed.ok && eraAt(placed.value.era).rules.isTimely(placed.value.parent, innerHeader(placed.value, header), nowMs);
    },
    complete: async (parent, child, state) => {
      const placed = placedOrFail(parent, child);
      const { rules } = eraAt(placed.era);
      const start = placed.kind === 'first' ? placed.start : undefined;
      const seatSetRoot = start?.seatSetRoot ?? child.seatSetRoot;
      const completed = await rules.complete?.(placed.parent, { ...child, ext: placed.ext, seatSetRoot }, state);
      // A set that stays is announced by the first block of its era.
      if (completed === undefined) return { ext: child.ext, nextSeatSetRoot: start?.seatSetRoot ?? child.nextSeatSetRoot };
      return { ext: concatBytes(placed.prefix, completed.ext), nextSeatSetRoot: completed.nextSeatSetRoot };
    },
    safeHeight: ({ era, height, inner }) => {
      const { rules, lastHeight } = eraAt(era);
      const began = era === 0 ? 0 : (eraAt(era - 1).lastHeight as Height);
      return Math.max(began, Math.min(rules.safeHeight?.(inner) ?? 0, lastHeight ?? height, height));
    },
    encode: (context) => contextToBytes(context, codecOf),
    decode: (bytes) => contextFromBytes(bytes, codecOf),
    place, startOf, innerHeader, checkProof,
  };
}

function isSameRecord(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}

/** Numbers of a rank that stand before the module's. */
export const ERAS_RANK_LENGTH = 3;

/** A later era before an earlier one; in an era, a branch that ends it; then who holds a higher carrier justified; then later attempts to end it; then as the module says. */
function rankOf({ era, isProven, justified, attempt }: { readonly era: number; readonly isProven: boolean; readonly justified: Height; readonly attempt: number }, rank: Rank): Rank {
  return [BigInt(2 * era + (isProven ? 1 : 0)), BigInt(justified), BigInt(attempt), ...rank];
}
