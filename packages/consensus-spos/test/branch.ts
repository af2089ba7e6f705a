import { ballotOf, type FfgCertificate, ffgVoteMessage, hasQuorum } from '@vsys/finality-ffg';
import { createSposRules, type Seat, SEAT_LIST_KEY, seatListToBytes, seatOfSlot, type SposContext, sposExtToBytes, type SposParams, standingOnTop } from '@vsys/consensus-spos';
import { checkContinues, type FoldedHeader, sealMessage } from '@vsys/consensus/rules';
import { equalBytes, type Verdict } from '@vsys/primitives';
import type { Header, SealedHeader } from '@vsys/data-format';
import { blockId, genesisAt, publicKeyOf, signerOf, specOf, verifySignature } from './support.ts';

export const START_MS = 1_700_000_000_000;
const KEYS = 12;

/** Headers one upon the other, made by whose slot it is, with what the state says of seats. */
export interface Branch {
  readonly tip: FoldedHeader<SposContext>;
  readonly sealed: readonly SealedHeader[];
  /**
   * A block in the next slot that has a producer, after so many that stay empty. Where a quorum is among those who vote for the tip (by number of their key; all by
   * default), it carries the certificate. The header may be changed before it is sealed.
   */
  mint(wanted: readonly Seat[], options?: { readonly skip?: number; readonly voters?: readonly number[]; readonly change?: (header: Header) => Partial<Header> }): Promise<Verdict<FoldedHeader<SposContext>>>;
  mintAll(count: number, wanted: readonly Seat[]): Promise<void>;
  fork(): Branch;
}

/** How keys sign: as they do, or in a way that costs nothing. */
export interface Signatures {
  readonly sign: ReturnType<typeof signerOf>;
  readonly verify: typeof verifySignature;
}

export function createBranch(params: SposParams, from?: { readonly tip: FoldedHeader<SposContext>; readonly sealed: readonly SealedHeader[] }, { sign, verify }: Signatures = { sign: signerOf(KEYS), verify: verifySignature }): Branch {
  const rules = createSposRules(params, verify);
  const genesis = genesisAt(START_MS);
  const first = { height: 0, id: blockId(genesis) };
  let tip: FoldedHeader<SposContext> = from?.tip ?? { ...first, header: genesis, ...rules.genesis(specOf('spos@1', new Uint8Array(), START_MS), { ...first, timeMs: START_MS }) };
  const sealed = [...(from?.sealed ?? [])];

  const certify = ({ context: { finality }, header }: FoldedHeader<SposContext>, by: readonly number[]): readonly FfgCertificate[] => {
    const target = finality.kind === 'ffg' ? ballotOf(finality.ffg) : undefined;
    if (target === undefined) return [];
    const { id, keys, sets } = target.voters;
    const willing = keys.flatMap((key, seat) => (by.some((one) => equalBytes(publicKeyOf(one).bytes, key)) ? [{ key, seat }] : []));
    const isQuorum = (some: typeof willing): boolean => hasQuorum(target.voters, new Set(some.map(({ seat }) => seat)));
    if (!isQuorum(willing)) return [];
    // No more than are needed.
    const signed = willing.reduceRight((some, one) => (isQuorum(some.filter((other) => other !== one)) ? some.filter((other) => other !== one) : some), willing);
    const ballot = { setId: id, source: target.source, target: target.ref };
    const message = ffgVoteMessage(header.chainId, ballot);
    return [{ ...ballot, setIds: sets.map((set) => set.id) as never, voters: keys.length, signers: signed.map(({ key, seat }) => ({ seat, signature: sign({ scheme: 'ed25519', bytes: key }, message) })) }];
  };

  const mint: Branch['mint'] = async (wanted, { skip = 0, voters = Array.from({ length: KEYS }, (_, i) => i), change = () => ({}) } = {}) => {
    const { seats } = standingOnTop(params, tip.context);
    let slot = tip.context.slot + 1;
    for (let left = skip; seatOfSlot(params, seats, slot) === undefined || left-- > 0; ) slot++;
    const seat = seatOfSlot(params, seats, slot) as Seat;
    const state = { get: async (key: Uint8Array) => (equalBytes(key, SEAT_LIST_KEY) ? seatListToBytes(wanted) : undefined) };
    const authored: Header = { ...tip.header, height: tip.height + 1, parent: tip.id, timeMs: slot * params.slotMs, ext: sposExtToBytes({ slot, seat: seat.index, certificates: certify(tip, voters) }), seatSetRoot: tip.header.nextSeatSetRoot };
    const completed: Header = { ...authored, ...await rules.complete?.(tip.context, authored, state) };
    const header = { ...completed, ...change(completed) };
    const again = await rules.complete?.(tip.context, completed, state);
    if (again === undefined || !equalBytes(again.ext, completed.ext) || !equalBytes(again.nextSeatSetRoot, completed.nextSeatSetRoot)) throw new Error('completing what is complete changes it');
    const id = blockId(header);
    const seal = sign({ scheme: 'ed25519', bytes: seat.mintKey }, sealMessage(id));
    const neutral = checkContinues(tip, header);
    if (!neutral.ok) return neutral;
    const stepped = rules.step(tip.context, { id, header, seal });
    if (!stepped.ok) return stepped;
    const { context, rank, finalises } = stepped.value;
    // As a node does: kept as bytes.
    tip = { id, height: header.height, header, context: rules.decode(rules.encode(context)), rank: rank ?? [], ...(finalises === undefined ? {} : { finalises }) };
    sealed.push({ header, seal });
    return { ok: true, value: tip };
  };

  return {
    get tip() { return tip; },
    sealed,
    mint,
    async mintAll(count, wanted) {
      for (let i = 0; i < count; i++) {
        const minted = await mint(wanted);
        if (!minted.ok) throw new Error(`${minted.code}: ${minted.message}`);
      }
    },
    fork: () => createBranch(params, { tip, sealed }, { sign, verify }),
  };
}
