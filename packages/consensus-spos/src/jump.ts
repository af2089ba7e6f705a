import { accept, equalBytes, refuse, toHex } from '@vsys/primitives';
import type { Height, Verdict } from '@vsys/primitives';
import type { HeaderJump, HeaderRules, Rank, VerifySignature } from '@vsys/consensus/rules';
import { blockId, type Header, type SealedHeader } from '@vsys/data-format';
import { checkFfgCertificate, FFG_RECENT_MAX, type FfgCertificate, type FfgCertificateCode, ffgCertificateFromBytes, ffgCertificateToBytes, type FfgContext, type FfgSet, ffgVoters, jointVoters } from '@vsys/finality-ffg';
import type { SposContext } from './context.ts';
import { sposExtFromBytes } from './ext.ts';
import { votersOfSeats } from './finality.ts';
import { isFirstOfEpoch, type Standing, withAnnounced } from './handover.ts';
import type { SposParams } from './params.ts';
import { sameSeats, type Seat, seatListRoot } from './seat-list.ts';

export type SposJumpCode = 'SPOS_JUMP' | 'SPOS_EXT' | 'FFG_CERTIFICATE' | FfgCertificateCode;

/** Nearer headers are followed: a certificate saves nothing. */
const JUMP_MIN = 16;
/** Headers that are looked through for one that tells all, downwards. */
const JUMP_SCAN_MAX = 64;

/**
 * How a light client goes to a header far above, and who shows it. The certificate is on the link from the header to its child, so the header is final. The header is one that carries the certificate of its parent, on
 * the link from its grandparent: that tells what it records of finality. Who stands at it is told by the voters of both, as long as they are seats that the known header vouches for: those that stood there, and those that it announced.
 *
 * @see docs/spec/consensus-spos.md
 */
export function createSposJumps(params: SposParams, verifySignature: VerifySignature): Required<Pick<HeaderRules<SposContext>, 'certificate' | 'prove'>> {
  const certificate = (known: { readonly header: Header; readonly context: SposContext }, { id, header }: { readonly id: Uint8Array; readonly header: Header }, bytes: Uint8Array): Verdict<{ readonly context: SposContext; readonly rank: Rank }, SposJumpCode> => {
    const shown = ffgCertificateFromBytes(bytes);
    if (!shown.ok) return shown;
    const { source, target } = shown.value;
    if (source.height !== header.height || !equalBytes(source.id, id) || target.height !== header.height + 1) return unclear('the certificate is not on the link from the header to its child');
    const ext = sposExtFromBytes(header.ext);
    if (!ext.ok) return ext;
    const parent = certificateOfParent(header, ext.value.certificates);
    if (parent === undefined || !equalBytes(parent.target.id, header.parent)) return unclear('the header does not carry the certificate of its parent from its grandparent');
    const lists = listsOf(known.context);
    const names = shown.value.setIds.map(toHex);
    const [first, second] = names.map((name) => lists.get(name));
    const last = names.length === 1 ? first : second;
    if (first === undefined || last === undefined) return unclear('the certificate is by seats that the known header does not vouch for');
    const isChange = isTakenOverIn(params, header.height, parent, shown.value);
    if (!isChange && !isSteady(parent, shown.value)) return unclear('the voters change about the header');
    const voters = second === undefined ? ffgVoters(first.set) : jointVoters(first.set, second.set);
    const checked = checkFfgCertificate(shown.value, header.chainId, voters, verifySignature);
    if (!checked.ok) return checked;
    const { seats, since: earliest } = last;
    const since = isChange ? header.height : earliest;
    const announced = announcedAt(params, known, header, ext.value.announces, { seats, since });
    if (announced === undefined) return unclear('what the header says of coming seats is not told by it alone');
    const justified = { height: header.height - 1, id: header.parent };
    const ffg: FfgContext = { justified, final: parent.source, voters, set: last.set, since, recent: [{ ref: { height: header.height, id }, source: justified, voters }] };
    return accept({ context: { slot: ext.value.slot, height: header.height, standing: announced, finality: { kind: 'ffg', ffg } }, rank: [BigInt(justified.height), BigInt(header.height)] });
  };

  /** Seats that the block vouches for: those that stand, and those that are announced, with the first height at which they may. */
  function listsOf({ standing: { seats, since, announced } }: SposContext): ReadonlyMap<string, { readonly set: FfgSet; readonly seats: readonly Seat[]; readonly since: Height }> {
    const entry = (list: readonly Seat[], from: Height) => [toHex(seatListRoot(list)), { set: votersOfSeats(list), seats: list, since: from }] as const;
    const next = announced === undefined ? [] : [entry(announced.seats, params.epochBlocks * (Math.floor(announced.height / params.epochBlocks) + 1))];
    return new Map([...next, entry(seats, since)]);
  }

  const prove = async (from: Height, to: Height, at: (height: Height) => Promise<SealedHeader | undefined>): Promise<HeaderJump | undefined> => {
    const root = (await at(from + 1))?.header.seatSetRoot;
    if (root === undefined) return undefined;
    let top = to;
    for (let height = params.epochBlocks * (Math.floor(from / params.epochBlocks) + 1); height < top; height += params.epochBlocks) {
      const first = await at(height);
      const ext = first === undefined ? undefined : sposExtFromBytes(first.header.ext);
      // Whoever votes after it is known by this header only.
      if (ext?.ok === true && ext.value.announces !== undefined) top = height;
    }
    for (let height = top; height >= Math.max(from + JUMP_MIN, top - JUMP_SCAN_MAX); height--) {
      const jump = await jumpTo(height, root, at);
      if (jump !== undefined) return jump;
    }
    return undefined;
  };

  async function jumpTo(height: Height, root: Uint8Array, at: (height: Height) => Promise<SealedHeader | undefined>): Promise<HeaderJump | undefined> {
    const header = (await at(height))?.header;
    const ext = header === undefined ? undefined : sposExtFromBytes(header.ext);
    if (header === undefined || ext?.ok !== true) return undefined;
    const parent = certificateOfParent(header, ext.value.certificates);
    if (parent === undefined) return undefined;
    const id = blockId(header);
    for (let above = height + 2; above < height + 2 + FFG_RECENT_MAX; above++) {
      const carrier = await at(above);
      const carried = carrier === undefined ? undefined : sposExtFromBytes(carrier.header.ext);
      const found = carried?.ok === true ? carried.value.certificates?.find(({ source, target }) => target.height === height + 1 && source.height === height && equalBytes(source.id, id)) : undefined;
      if (found === undefined) continue;
      const isClear = isTakenOverIn(params, height, parent, found) || isSteady(parent, found);
      const isTold = ext.value.announces !== undefined || equalBytes(header.nextSeatSetRoot, root) || equalBytes(header.nextSeatSetRoot, found.setIds.at(-1) as Uint8Array);
      return isClear && isTold ? { header, certificate: ffgCertificateToBytes(found) } : undefined;
    }
    return undefined;
  }

  return { certificate, prove };
}

function unclear(message: string): Verdict<never, 'SPOS_JUMP'> {
  return refuse('SPOS_JUMP', message);
}

/** The certificate that makes the parent justified and the grandparent final: with it, all that the header records is told. */
function certificateOfParent({ height }: Header, certificates: readonly FfgCertificate[] = []): FfgCertificate | undefined {
  const last = certificates.at(-1);
  return last !== undefined && last.target.height === height - 1 && last.source.height === height - 2 ? last : undefined;
}

/** One set votes for the parent and for the child, and so for the header. */
function isSteady(parent: FfgCertificate, child: FfgCertificate): boolean {
  return parent.setIds.length === 1 && child.setIds.length === 1 && equalBytes(parent.setIds[0], child.setIds[0]);
}

/** The old set votes for the parent and both for the child; and a set takes over with the first block of an epoch, which the child is not. */
function isTakenOverIn(params: Pick<SposParams, 'epochBlocks'>, height: Height, parent: FfgCertificate, child: FfgCertificate): boolean {
  return params.epochBlocks > 1 && isFirstOfEpoch(params, height) && parent.setIds.length === 1 && child.setIds.length === 2 && equalBytes(parent.setIds[0], child.setIds[0]);
}

/** Who stands at the header and who is announced. Undefined: the announcement lies in a header that is not known. */
function announcedAt(params: SposParams, known: { readonly header: Header; readonly context: SposContext }, header: Header, announces: readonly Seat[] | undefined, standing: Standing): Standing | undefined {
  if (announces !== undefined) return withAnnounced(standing, header.height, announces);
  const root = header.nextSeatSetRoot;
  if (equalBytes(root, seatListRoot(standing.seats))) return standing;
  if (!equalBytes(root, known.header.nextSeatSetRoot) || !sameSeats(standing.seats, known.context.standing.seats)) return undefined;
  const { announced } = known.context.standing;
  // Before anything was ever announced, the root is that of the parameters.
  if (announced === undefined) return standing;
  const epochOf = (height: Height): number => Math.floor(height / params.epochBlocks);
  return epochOf(header.height) === epochOf(known.header.height) ? { ...standing, announced } : undefined;
}
