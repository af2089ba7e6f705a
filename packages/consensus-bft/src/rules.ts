import { accept, equalBytes, invariant, refuse, uint32FromBytes, uint32ToBytes, uint64ToBytes, concatBytes } from '@vsys/primitives';
import type { ChainId, Height, Verdict } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import type { HeaderRules, IdentifiedHeader, Rank, Stepped, VerifySignature } from '@vsys/consensus/rules';
import { bftQuorum } from './params.ts';
import type { BftParams } from './params.ts';
import { bftSealFromBytes } from './seal.ts';
import { heightFromBytes, PRECOMMIT, voteMessage } from './vote.ts';

/** For a light client, which needs the parameters and the rules and nothing else. */
export { bftParamsFromBytes } from './params.ts';
export type { BftParams, BftValidator } from './params.ts';

/** What a branch leaves behind for the next header. */
export interface BftContext {
  readonly height: Height;
  readonly timeMs: number;
}

export type BftCode = 'BFT_EXT' | 'BFT_TIME' | 'BFT_VALIDATOR_SET' | 'BFT_SEAL' | 'BFT_CERTIFICATE';

const EXT_BYTES = 4;

/** What the header carries for this rule: the round that it was first proposed in. */
export function bftExtToBytes(round: number): Uint8Array {
  return uint32ToBytes(round);
}

/** @param ext - of a header that `step` accepted */
export function bftRoundOf(ext: Uint8Array): number {
  return uint32FromBytes(ext);
}

/** Validators propose in turns; each round is the next one's turn. */
export function bftProposer({ validators }: Pick<BftParams, 'validators'>, height: Height, round: number): number {
  return (height + round) % validators.length;
}

/** @see docs/spec/consensus-bft.md */
export function createBftRules(params: BftParams, chainId: ChainId, verifySignature: VerifySignature): HeaderRules<BftContext> {
  const { periodMs, validators } = params;
  const quorum = bftQuorum(validators.length);
  const driftMs = 500;
  const keyOf = (seat: number) => ({ scheme: 'ed25519', bytes: validators[seat]?.key ?? new Uint8Array() }) as const;

  /** Undefined when the seal holds; the dear checks come last. */
  const checkSeal = ({ id, header, seal }: IdentifiedHeader, round: number): Verdict<'proposal' | 'certificate', BftCode> => {
    const parsed = bftSealFromBytes(seal);
    if (parsed === undefined) return refuse('BFT_SEAL', 'the seal is neither a proposal nor a certificate');
    if (parsed.kind === 'proposal') {
      const proposer = bftProposer(params, header.height, round);
      return verifySignature(keyOf(proposer), sealMessage(id), parsed.signature) ? accept('proposal') : refuse('BFT_SEAL', `the seal is not by validator ${proposer}, whose round ${round} is`);
    }
    if (parsed.round < round) return refuse('BFT_CERTIFICATE', `certified in round ${parsed.round}, before its own, ${round}`);
    // Exactly a quorum: more would only cost everybody who checks it.
    if (parsed.precommits.length !== quorum) return refuse('BFT_CERTIFICATE', `expected ${quorum} precommits, found ${parsed.precommits.length}`);
    const message = voteMessage(chainId, { step: PRECOMMIT, height: header.height, round: parsed.round, id });
    for (const { seat, signature } of parsed.precommits) {
      if (seat >= validators.length) return refuse('BFT_CERTIFICATE', `there is no validator ${seat}`);
      if (!verifySignature(keyOf(seat), message, signature)) return refuse('BFT_CERTIFICATE', `the precommit of validator ${seat} does not hold`);
    }
    return accept('certificate');
  };

  const step = (parent: BftContext, child: IdentifiedHeader): Verdict<Stepped<BftContext>, BftCode> => {
    const { header } = child;
    if (header.ext.length !== EXT_BYTES) return refuse('BFT_EXT', `expected ${EXT_BYTES} bytes of ext, found ${header.ext.length}`);
    if (header.timeMs < parent.timeMs + periodMs) return refuse('BFT_TIME', `the time ${header.timeMs} is less than ${periodMs} ms after the parent's`);
    if (!equalBytes(header.seatSetRoot, header.nextSeatSetRoot)) return refuse('BFT_VALIDATOR_SET', 'the validators of this version do not change');
    const sealed = checkSeal(child, bftRoundOf(header.ext));
    if (!sealed.ok) return sealed;
    const context = { height: header.height, timeMs: header.timeMs };
    return accept(sealed.value === 'proposal' ? { context, rank: null } : { context, rank: [BigInt(header.height)], finalises: header.height });
  };

  /** The validators are always the same, so any header with a certificate tells all there is to know. */
  const certificate = (_known: BftContext, { id, header }: Omit<IdentifiedHeader, 'seal'>, seal: Uint8Array): Verdict<{ readonly context: BftContext; readonly rank: Rank }, BftCode> => {
    if (header.ext.length !== EXT_BYTES) return refuse('BFT_EXT', `expected ${EXT_BYTES} bytes of ext, found ${header.ext.length}`);
    const sealed = checkSeal({ id, header, seal }, bftRoundOf(header.ext));
    if (!sealed.ok) return sealed;
    if (sealed.value === 'proposal') return refuse('BFT_CERTIFICATE', 'the header is proposed only');
    return accept({ context: { height: header.height, timeMs: header.timeMs }, rank: [BigInt(header.height)] });
  };

  return {
    certificate,
    prove: async (from, to, at) => {
      const sealed = to > from ? await at(to) : undefined;
      return sealed === undefined || bftSealFromBytes(sealed.seal)?.kind !== 'certificate' ? undefined : { header: sealed.header, certificate: sealed.seal };
    },
    driftMs,
    genesis: (_spec, { height, timeMs }) => ({ context: { height, timeMs }, rank: [BigInt(height)] }),
    step,
    author: (_parent, { height, ext }) => (validators[bftProposer(params, height, bftRoundOf(ext))] as BftParams['validators'][number]).account,
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + periodMs + driftMs,
    encode: ({ height, timeMs }) => concatBytes(Uint8Array.of(1), uint64ToBytes(BigInt(height)), uint64ToBytes(BigInt(timeMs))),
    decode: (bytes) => {
      const [height, timeMs] = bytes.length === 17 && bytes[0] === 1 ? [heightFromBytes(bytes, 1), heightFromBytes(bytes, 9)] : [];
      invariant(height !== undefined && timeMs !== undefined, 'a stored context is one that was encoded');
      return { height, timeMs };
    },
  };
}
