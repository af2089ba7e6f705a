import { BFT_CONTAINER, createBft, bftParamsToBytes } from '@vsys/consensus-bft';
import type { BftContext, BftParams, BftValidator, VoteRules } from '@vsys/consensus-bft';
import type { ConsensusSubject, Handover } from '@vsys/consensus/compliance';
import { authoritiesToBytes, authorityListKey } from '@vsys/consensus/rules';
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

function validatorOf(seed: number): BftValidator {
  return { account: new Uint8Array(20).fill(seed + 1), key: publicKeyOf(seed).bytes };
}

export function paramsOf(validators: number, more: Partial<BftParams> = {}): BftParams {
  return {
    periodMs: 1000, timeoutMs: 400, timeoutDeltaMs: 200,
    validators: Array.from({ length: validators }, (_, i) => validatorOf(i)), ...more,
  };
}

export function subjectOf(validators: number, { votes, ...more }: Partial<BftParams> & { readonly votes?: VoteRules } = {}): ConsensusSubject<BftContext> {
  const params = bftParamsToBytes(paramsOf(validators, more));
  const opened = createBft({ verifySignature, ...(votes === undefined ? {} : { votes }) }).open(params, ZERO);
  if (!opened.ok) throw new Error(opened.message);
  const timeMs = 1_700_000_000_000;
  return {
    consensus: opened.value, spec: specOf('bft@1', params, timeMs), genesis: genesisAt(timeMs), keys: Array.from({ length: validators }, (_, i) => publicKeyOf(i)), sign: signerOf(validators + 1), blockId,
    handover: handoverOf(validators),
  };
}

/** The last place goes to somebody new. */
function handoverOf(validators: number): Handover {
  const list = authoritiesToBytes(Array.from({ length: validators }, (_, i) => validatorOf(i === validators - 1 ? validators : i)));
  const listKey = authorityListKey(BFT_CONTAINER);
  return { joins: publicKeyOf(validators), leaves: publicKeyOf(validators - 1), state: { get: async (key) => (equalBytes(key, listKey) ? list : undefined) } };
}
