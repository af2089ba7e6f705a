import { accept, concatBytes, equalBytes, invariant, refuse, uint32FromBytes, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { ChainId, Height, Verdict } from '@vsys/primitives';
import { authoritiesFromBytes, authoritiesRoot, authoritiesToBytes, authorityListKey, isSmallTurnover, problemOfAuthorities, sameAuthorities, sealMessage } from '@vsys/consensus/rules';
import type { HeaderRules, IdentifiedHeader, Rank, Stepped, VerifySignature } from '@vsys/consensus/rules';
import { BFT_VALIDATORS_MAX, bftQuorum } from './params.ts';
import type { BftParams, BftValidator } from './params.ts';
import type { SealedHeader } from '@vsys/data-format';
import { bftSealFromBytes } from './seal.ts';
import { heightFromBytes, PRECOMMIT, voteMessage } from './vote.ts';

/** For a light client, which needs the parameters and the rules and nothing else. */
export { bftParamsFromBytes } from './params.ts';
export type { BftParams, BftValidator } from './params.ts';

/** What a branch leaves behind for the next header. */
export interface BftContext {
  readonly height: Height;
  readonly timeMs: number;
  /** Who decides the next height. */
  readonly validators: readonly BftValidator[];
}

export type BftCode = 'BFT_EXT' | 'BFT_TIME' | 'BFT_VALIDATOR_SET' | 'BFT_SEAL' | 'BFT_CERTIFICATE';

/** Names the container whose state holds the list of validators. */
export const BFT_CONTAINER = 'bft';

const ROUND_BYTES = 4;
const CONTEXT_VERSION = 2;
const CONTEXT_HEAD_BYTES = 17;
/** Nearer headers are followed: a certificate saves nothing. */
const JUMP_MIN = 16;

/** What the header carries for this rule: the round that it was first proposed in, and who decides from the next height on where that changes. */
export function bftExtToBytes(round: number, next?: readonly BftValidator[]): Uint8Array {
  return next === undefined ? uint32ToBytes(round) : concatBytes(uint32ToBytes(round), authoritiesToBytes(next));
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
  const { periodMs } = params;
  const driftMs = 500;
  const listKey = authorityListKey(BFT_CONTAINER);
  const keyOf = (validator: BftValidator | undefined) => ({ scheme: 'ed25519', bytes: validator?.key ?? new Uint8Array() }) as const;

  /** Undefined when the seal holds; the dear checks come last. */
  const checkSeal = ({ validators }: BftContext, { id, header, seal }: IdentifiedHeader, round: number): Verdict<'proposal' | 'certificate', BftCode> => {
    const parsed = bftSealFromBytes(seal);
    if (parsed === undefined) return refuse('BFT_SEAL', 'the seal is neither a proposal nor a certificate');
    if (parsed.kind === 'proposal') {
      const proposer = bftProposer({ validators }, header.height, round);
      return verifySignature(keyOf(validators[proposer]), sealMessage(id), parsed.signature) ? accept('proposal') : refuse('BFT_SEAL', `the seal is not by validator ${proposer}, whose round ${round} is`);
    }
    if (parsed.round < round) return refuse('BFT_CERTIFICATE', `certified in round ${parsed.round}, before its own, ${round}`);
    // Exactly a quorum: more would only cost everybody who checks it.
    const quorum = bftQuorum(validators.length);
    if (parsed.precommits.length !== quorum) return refuse('BFT_CERTIFICATE', `expected ${quorum} precommits, found ${parsed.precommits.length}`);
    const message = voteMessage(chainId, { step: PRECOMMIT, height: header.height, round: parsed.round, id });
    for (const { seat, signature } of parsed.precommits) {
      if (seat >= validators.length) return refuse('BFT_CERTIFICATE', `there is no validator ${seat}`);
      if (!verifySignature(keyOf(validators[seat]), message, signature)) return refuse('BFT_CERTIFICATE', `the precommit of validator ${seat} does not hold`);
    }
    return accept('certificate');
  };

  const step = (parent: BftContext, child: IdentifiedHeader): Verdict<Stepped<BftContext>, BftCode> => {
    const { header } = child;
    if (header.ext.length < ROUND_BYTES) return refuse('BFT_EXT', `expected at least ${ROUND_BYTES} bytes of ext, found ${header.ext.length}`);
    if (header.timeMs < parent.timeMs + periodMs) return refuse('BFT_TIME', `the time ${header.timeMs} is less than ${periodMs} ms after the parent's`);
    const next = nextValidators(parent.validators, header);
    if (!next.ok) return next;
    const sealed = checkSeal(parent, child, bftRoundOf(header.ext));
    if (!sealed.ok) return sealed;
    const context = { height: header.height, timeMs: header.timeMs, validators: next.value };
    return accept(sealed.value === 'proposal' ? { context, rank: null } : { context, rank: [BigInt(header.height)], finalises: header.height });
  };

  /** A header tells all there is to know but who decided it: those whom the known block names, or it is not shown. */
  const certificate = ({ context: known }: { readonly context: BftContext }, { id, header }: Omit<IdentifiedHeader, 'seal'>, seal: Uint8Array): Verdict<{ readonly context: BftContext; readonly rank: Rank }, BftCode> => {
    if (header.ext.length < ROUND_BYTES) return refuse('BFT_EXT', `expected at least ${ROUND_BYTES} bytes of ext, found ${header.ext.length}`);
    const next = nextValidators(known.validators, header);
    if (!next.ok) return next;
    const sealed = checkSeal(known, { id, header, seal }, bftRoundOf(header.ext));
    if (!sealed.ok) return sealed;
    if (sealed.value === 'proposal') return refuse('BFT_CERTIFICATE', 'the header is proposed only');
    return accept({ context: { height: header.height, timeMs: header.timeMs, validators: next.value }, rank: [BigInt(header.height)] });
  };

  /** The last header that those who decide after `from` decided, or one that names others after them. */
  const prove: HeaderRules<BftContext>['prove'] = async (from, to, at) => {
    const isOfSame = (sealed: SealedHeader | undefined, root: Uint8Array): boolean => sealed !== undefined && equalBytes(sealed.header.seatSetRoot, root);
    const root = to > from ? (await at(from + 1))?.header.seatSetRoot : undefined;
    if (root === undefined) return undefined;
    let [low, high] = [from + 1, to + 1];
    if (isOfSame(await at(to), root)) low = to;
    // Between a height that is theirs and one that is not lies one that is their last.
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (isOfSame(await at(middle), root)) low = middle;
      else high = middle;
    }
    const sealed = low - from < JUMP_MIN ? undefined : await at(low);
    return sealed === undefined || bftSealFromBytes(sealed.seal)?.kind !== 'certificate' ? undefined : { header: sealed.header, certificate: sealed.seal };
  };

  return {
    certificate,
    prove,
    driftMs,
    genesis: (_spec, { height, timeMs }) => ({ context: { height, timeMs, validators: params.validators }, rank: [BigInt(height)] }),
    step,
    author: ({ validators }, { height, ext }) => (validators[bftProposer({ validators }, height, bftRoundOf(ext))] as BftValidator).account,
    // What is decided is final, so the list after a block can act from the next height on: nobody begins that height without the block.
    complete: async ({ validators }, { ext, seatSetRoot }, state) => {
      const bytes = await state.get(listKey);
      const next = bytes === undefined ? undefined : authoritiesFromBytes(bytes);
      // Too large a step can stand in the state only where the list changed before this module's era began: the chain goes on with those whom it knows.
      return next === undefined || sameAuthorities(next, validators) || !isSmallTurnover(validators, next)
        ? { ext: bftExtToBytes(bftRoundOf(ext)), nextSeatSetRoot: seatSetRoot }
        : { ext: bftExtToBytes(bftRoundOf(ext), next), nextSeatSetRoot: authoritiesRoot(next) };
    },
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + periodMs + driftMs,
    encode: ({ height, timeMs, validators }) => concatBytes(Uint8Array.of(CONTEXT_VERSION), uint64ToBytes(BigInt(height)), uint64ToBytes(BigInt(timeMs)), authoritiesToBytes(validators)),
    decode: (bytes) => {
      const [height, timeMs] = bytes.length > CONTEXT_HEAD_BYTES && bytes[0] === CONTEXT_VERSION ? [heightFromBytes(bytes, 1), heightFromBytes(bytes, 9)] : [];
      const validators = authoritiesFromBytes(bytes.subarray(CONTEXT_HEAD_BYTES));
      invariant(height !== undefined && timeMs !== undefined && validators !== undefined, 'a stored context is one that was encoded');
      return { height, timeMs, validators };
    },
  };
}

/** Who decides the height after a header: those of its own, or those that it names. */
function nextValidators(now: readonly BftValidator[], { ext, seatSetRoot, nextSeatSetRoot }: IdentifiedHeader['header']): Verdict<readonly BftValidator[], BftCode> {
  if (ext.length === ROUND_BYTES) return equalBytes(seatSetRoot, nextSeatSetRoot) ? accept(now) : refuse('BFT_VALIDATOR_SET', 'the header says that the validators change, and does not name them');
  const next = authoritiesFromBytes(ext.subarray(ROUND_BYTES));
  if (next === undefined) return refuse('BFT_EXT', `the ${ext.length - ROUND_BYTES} bytes after the round are no list of validators`);
  const problem = problemOfAuthorities(next, 'validators', BFT_VALIDATORS_MAX);
  if (problem !== undefined) return refuse('BFT_VALIDATOR_SET', problem);
  if (sameAuthorities(next, now)) return refuse('BFT_VALIDATOR_SET', 'the header names the validators that there are already');
  if (!isSmallTurnover(now, next)) return refuse('BFT_VALIDATOR_SET', 'a third of the validators or more would change at once');
  return equalBytes(authoritiesRoot(next), nextSeatSetRoot) ? accept(next) : refuse('BFT_VALIDATOR_SET', 'nextSeatSetRoot is not that of the validators that the header names');
}
