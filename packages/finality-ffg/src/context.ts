import { accept, equalBytes, invariant, refuse } from '@vsys/primitives';
import type { Height, Verdict } from '@vsys/primitives';
import type { BlockRef } from '@vsys/consensus/rules';
import type { FfgCertificate } from './certificate.ts';
import { ffgRules } from './ffg-rules.ts';
import type { FfgRules } from './ffg-rules.ts';
import { isSameRef } from './link.ts';
import type { FfgLink } from './link.ts';
import { ffgVoters } from './voters.ts';
import type { FfgSet, FfgVoters } from './voters.ts';

/** What the headers up to a block say of finality on its branch. */
export interface FfgContext {
  /** The highest block that a certificate in these headers justifies: the source of every vote for the block. */
  readonly justified: BlockRef;
  readonly final: BlockRef;
  /** Who votes for the block. */
  readonly voters: FfgVoters;
  /** The set in force, and the height of its first block. */
  readonly set: FfgSet;
  readonly since: Height;
  /** The block and those below it whose certificate may still come, growing. */
  readonly recent: readonly FfgTarget[];
}

/** A block as a target: votes for it are on this link, by these voters. */
export interface FfgTarget {
  readonly ref: BlockRef;
  readonly source: BlockRef;
  readonly voters: FfgVoters;
}

export interface FfgBlock {
  readonly ref: BlockRef;
  /** As its header carries them, by growing height of the target. */
  readonly certificates: readonly FfgCertificate[];
  /** Given by the first block of a new set: see `mayHandOver`. */
  readonly enters?: FfgSet;
}

export type FfgFoldCode = 'FFG_LINK' | 'FFG_COUNT';

/** Certificates that a header may carry: one that makes final, and one that justifies the most. */
export const FFG_CERTIFICATES_PER_HEADER_MAX = 2;
/** Blocks back from the tip whose certificate a header may still carry. Each new block is voted on too, so a late certificate is soon not needed. */
export const FFG_RECENT_MAX = 8;

export function genesisFfg(genesis: BlockRef, set: FfgSet): FfgContext {
  const ref = { height: genesis.height, id: genesis.id };
  return { justified: ref, final: ref, voters: ffgVoters(set), set, since: ref.height, recent: [] };
}

/** The link and the voters of votes for the block that the context is of. Undefined for genesis, on which nobody votes. */
export function ballotOf(context: FfgContext): FfgTarget | undefined {
  return context.recent.at(-1);
}

/**
 * A set that was announced in the header at this height of the branch may produce and vote from the next block on: the announcement is final on
 * this branch, and the set before it has no other change under way. Else the old set goes on.
 */
export function mayHandOver(parent: FfgContext, announced: Height): boolean {
  return parent.final.height >= announced && parent.voters.sets.length === 1;
}

/**
 * From the parent's context to the block's. `check` says whether a certificate is a quorum of these voters (`checkFfgCertificate`). Neither justified
 * nor final falls.
 */
export function stepFfg<Code extends string>(
  parent: FfgContext, block: FfgBlock, check: (certificate: FfgCertificate, voters: FfgVoters) => Verdict<void, Code>, rules: FfgRules = ffgRules,
): Verdict<FfgContext, Code | FfgFoldCode> {
  const { certificates, ref, enters } = block;
  if (certificates.length > FFG_CERTIFICATES_PER_HEADER_MAX) return refuse('FFG_COUNT', `expected at most ${FFG_CERTIFICATES_PER_HEADER_MAX} certificates, found ${certificates.length}`);
  let { justified, final } = parent;
  for (const certificate of certificates) {
    const target = targetOf(parent, certificate);
    if (target === undefined || certificate.target.height <= justified.height) return refuse('FFG_LINK', `a certificate for height ${certificate.target.height} is not on a link that this branch still needs`);
    const checked = check(certificate, target.voters);
    if (!checked.ok) return checked;
    justified = target.ref;
    if (rules.finalises(certificate) && target.source.height > final.height) final = target.source;
  }
  invariant(enters === undefined || parent.voters.sets.length === 1, 'a set changes only when the change before it is over');
  const [set, since] = enters === undefined ? [parent.set, parent.since] : [enters, ref.height];
  const before = enters === undefined ? (parent.voters.sets.length === 2 ? parent.voters.sets[0] : undefined) : parent.set;
  const voters = votersOf(parent, before, set, final.height < since, rules);
  const recent = [...parent.recent.filter((one) => one.ref.height > justified.height), { ref: { height: ref.height, id: ref.id }, source: justified, voters }];
  return accept({ justified, final, voters, set, since, recent: recent.slice(-FFG_RECENT_MAX) });
}

/** The target of this branch that the link is the right one of. */
export function targetOf(context: FfgContext, link: FfgLink): FfgTarget | undefined {
  const target = context.recent.find(({ ref }) => ref.height === link.target.height && equalBytes(ref.id, link.target.id));
  return target !== undefined && isSameRef(target.source, link.source) ? target : undefined;
}

function votersOf(parent: FfgContext, before: FfgSet | undefined, set: FfgSet, isChanging: boolean, rules: FfgRules): FfgVoters {
  const sets = isChanging && before !== undefined ? [before, set] : [set];
  const isAsBefore = parent.voters.sets.length === sets.length && sets.every((one, i) => equalBytes(one.id, parent.voters.sets[i]?.id ?? new Uint8Array()));
  if (isAsBefore) return parent.voters;
  return isChanging && before !== undefined ? rules.votersDuringChange(before, set) : ffgVoters(set);
}
