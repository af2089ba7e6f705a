import { createSpos, SEAT_LIST_KEY, seatListToBytes, sposParamsToBytes, sposQuorum, stakeDefaults } from '@vsys/consensus-spos';
import type { Seat, SposContext, SposParams } from '@vsys/consensus-spos';
import type { ConsensusSubject, Handover } from '@vsys/consensus/compliance';
import type { PublicKeyOf } from '@vsys/consensus/rules';
import { createSigner, verifySignature } from '@vsys/crypto';
import type { Signer } from '@vsys/crypto';
import { blockId } from '@vsys/data-format';
import type { ChainSpec, Header } from '@vsys/data-format';
import { equalBytes, toHex } from '@vsys/primitives';

export { blockId, verifySignature };

const ZERO = new Uint8Array(32);

function keyOf(seed: number): Signer {
  return createSigner('ed25519', new Uint8Array(32).fill(seed + 1));
}

export function publicKeyOf(seed: number): PublicKeyOf {
  return keyOf(seed).publicKey;
}

export function signerOf(count: number): (key: PublicKeyOf, bytes: Uint8Array) => Uint8Array {
  const signers = new Map(Array.from({ length: count }, (_, seed) => [toHex(publicKeyOf(seed).bytes), keyOf(seed)]));
  return (key, bytes) => (signers.get(toHex(key.bytes)) as Signer).sign(bytes);
}

export function genesisAt(timeMs: number): Header {
  return {
    version: 1, chainId: ZERO, height: 0, parent: ZERO, timeMs, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO,
    nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(0),
  };
}

export function specOf(module: string, params: Uint8Array, genesisTimeMs: number): ChainSpec {
  return {
    version: 1, name: 'test', symbol: 'T', network: 'private', genesisTimeMs, limits: { blockBytesMax: 1, blockGasMax: 1n, transactionBytesMax: 1 },
    fees: { perByte: 0n, perGas: 0n, to: 'burn' }, consensus: { module, params }, containers: [], balances: [], salt: new Uint8Array(0),
  };
}

/** Held by the key of that number. */
export function seatOf(key: number, index: number): Seat {
  const { bytes } = publicKeyOf(key);
  return { index, account: new Uint8Array(20).fill(key + 1), mintKey: bytes, voteKey: bytes };
}

export function paramsOf(seats: number, more: Partial<SposParams> = {}): SposParams {
  return {
    slotMs: 1000, slots: seats, gap: 1, epochBlocks: 10, finality: 'ffg', finalityDepth: 0, stake: stakeDefaults, seats: Array.from({ length: seats }, (_, i) => seatOf(i, i)), ...more,
  };
}

/** Finality by depth, as before there were votes. */
export function byDepth(seats: number): Pick<SposParams, 'finality' | 'finalityDepth'> {
  return { finality: 'depth', finalityDepth: sposQuorum(seats) };
}

export function subjectOf(seats: number, more: Partial<SposParams> = {}): ConsensusSubject<SposContext> {
  const params = sposParamsToBytes(paramsOf(seats, more));
  const opened = createSpos({ verifySignature }).open(params, ZERO);
  if (!opened.ok) throw new Error(opened.message);
  const timeMs = 1_700_000_000_000;
  const keys = Array.from({ length: seats }, (_, i) => publicKeyOf(i));
  return { consensus: opened.value, spec: specOf('spos@1', params, timeMs), genesis: genesisAt(timeMs), keys, sign: signerOf(seats + 1), blockId, handover: handoverOf(seats) };
}

/** The last seat goes to somebody new. */
function handoverOf(seats: number): Handover {
  const list = seatListToBytes(Array.from({ length: seats }, (_, i) => seatOf(i === seats - 1 ? seats : i, i)));
  return { joins: publicKeyOf(seats), leaves: publicKeyOf(seats - 1), state: { get: async (key) => (equalBytes(key, SEAT_LIST_KEY) ? list : undefined) } };
}
