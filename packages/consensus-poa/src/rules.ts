import { accept, equalBytes, invariant, refuse, uint64FromBytes } from '@vsys/primitives';
import type { BlockId, Height, Verdict } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import type { HeaderRules, IdentifiedHeader, Rank, Stepped, VerifySignature } from '@vsys/consensus/rules';
import { poaMajority } from './params.ts';
import type { PoaAuthority, PoaParams } from './params.ts';

/** For a light client, which needs the parameters and the rules and nothing else. */
export { poaParamsFromBytes } from './params.ts';
export type { PoaAuthority, PoaParams } from './params.ts';

export interface PoaContext {
  readonly height: Height;
  readonly timeMs: number;
  /** Sum of weights since genesis: 2 in turn, 1 out of turn. */
  readonly weight: bigint;
  /** Last height that each authority sealed on this branch, in their order; 0: none. */
  readonly lastHeights: readonly number[];
}

export type PoaCode = 'POA_EXT' | 'POA_AUTHORITY' | 'POA_RECENT' | 'POA_TIME' | 'POA_SEAT_SET' | 'POA_SEAL';

const EXT_BYTES = 2;
const IN_TURN = 2n;
const OUT_OF_TURN = 1n;

/** What the header carries for this rule: position of the authority, u16, big-endian. */
export function poaExtToBytes(position: number): Uint8Array {
  return Uint8Array.of(position >> 8, position & 0xff);
}

function positionOf(ext: Uint8Array): number {
  return ((ext[0] as number) << 8) | (ext[1] as number);
}

/** How far an authority is from its turn at this height: 0 in turn. */
export function poaDistance(params: PoaParams, height: Height, position: number): number {
  const count = params.authorities.length;
  return (position - (height % count) + count) % count;
}

/** Earliest time at which an authority may seal the child; undefined while it sealed too recently. */
export function poaDueMs(params: PoaParams, parent: PoaContext, position: number): number | undefined {
  const height = parent.height + 1;
  const last = parent.lastHeights[position] as number;
  if (last > 0 && height - last < poaMajority(params.authorities.length)) return undefined;
  return parent.timeMs + params.periodMs + poaDistance(params, height, position) * params.backoffMs;
}

/** Highest block with `finalityDepth` distinct authorities on top; below 0 when there is none. */
export function poaFinalHeight(params: PoaParams, context: PoaContext): number {
  const descending = [...context.lastHeights].sort((a, b) => b - a);
  return (descending[params.finalityDepth - 1] as number) - 1;
}

/**
 * What the branch made final, then its weight, then the smaller id. A branch that somebody may hold final outranks one that nobody can: else those who
 * hold it and those who do not would stand on two branches for ever. And two of one weight must not be a matter of what a node saw first: where half of
 * the authorities stand on each, and sealed there too recently, neither half may go on.
 */
function rankOf(finalHeight: Height, weight: bigint, id: BlockId): Rank {
  return [BigInt(Math.max(0, finalHeight)), weight, 0xffff_ffff_ffff_ffffn - uint64FromBytes(id)];
}

/** @see docs/spec/consensus-poa.md */
export function createPoaRules(params: PoaParams, verifySignature: VerifySignature): HeaderRules<PoaContext> {
  const { authorities, periodMs } = params;
  const driftMs = Math.min(500, Math.floor(periodMs / 4));

  const step = (parent: PoaContext, { id, header, seal }: IdentifiedHeader): Verdict<Stepped<PoaContext>, PoaCode> => {
    if (header.ext.length !== EXT_BYTES) return refuse('POA_EXT', `expected ${EXT_BYTES} bytes of ext, found ${header.ext.length}`);
    const position = positionOf(header.ext);
    const authority: PoaAuthority | undefined = authorities[position];
    if (authority === undefined) return refuse('POA_AUTHORITY', `there is no authority ${position}`);
    const due = poaDueMs(params, parent, position);
    if (due === undefined) return refuse('POA_RECENT', `authority ${position} sealed height ${parent.lastHeights[position]} and must let others seal first`);
    if (!(header.timeMs >= due)) return refuse('POA_TIME', `authority ${position} may seal from ${due}, the time is ${header.timeMs}`);
    if (!equalBytes(header.seatSetRoot, header.nextSeatSetRoot)) return refuse('POA_SEAT_SET', 'the authorities of this version do not change');
    // Last, because it is the dear one.
    if (!verifySignature({ scheme: 'ed25519', bytes: authority.key }, sealMessage(id), seal)) {
      return refuse('POA_SEAL', `the seal is not by the key of authority ${position}`);
    }
    const weight = parent.weight + (poaDistance(params, header.height, position) === 0 ? IN_TURN : OUT_OF_TURN);
    const context = { height: header.height, timeMs: header.timeMs, weight, lastHeights: parent.lastHeights.with(position, header.height) };
    const finalises = poaFinalHeight(params, context);
    return accept({ context, rank: rankOf(finalises, weight, id), ...(finalises < 0 ? {} : { finalises }) });
  };

  return {
    driftMs,
    genesis: (_spec, genesis) => ({
      context: { height: genesis.height, timeMs: genesis.timeMs, weight: 0n, lastHeights: authorities.map(() => 0) },
      rank: rankOf(0, 0n, genesis.id),
    }),
    step,
    author: (_parent, { ext }) => {
      const authority = ext.length === EXT_BYTES ? authorities[positionOf(ext)] : undefined;
      invariant(authority !== undefined, 'an author is asked for headers that step accepts');
      return authority.account;
    },
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + periodMs + driftMs,
    encode: (context) => {
      const bytes = new Uint8Array(25 + 8 * authorities.length);
      const view = new DataView(bytes.buffer);
      view.setUint8(0, 1);
      view.setBigUint64(1, BigInt(context.height));
      view.setBigUint64(9, BigInt(context.timeMs));
      view.setBigUint64(17, context.weight);
      context.lastHeights.forEach((height, i) => view.setBigUint64(25 + 8 * i, BigInt(height)));
      return bytes;
    },
    decode: (bytes) => {
      invariant(bytes.length === 25 + 8 * authorities.length && bytes[0] === 1, 'a stored context is one that was encoded');
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return {
        height: Number(view.getBigUint64(1)),
        timeMs: Number(view.getBigUint64(9)),
        weight: view.getBigUint64(17),
        lastHeights: authorities.map((_, i) => Number(view.getBigUint64(25 + 8 * i))),
      };
    },
  };
}
