import { BFT_CONTAINER, createBft } from '@vsys/consensus-bft';
import { createEras } from '@vsys/consensus-eras';
import type { ErasContext } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos, SEAT_LIST_KEY, seatListToBytes } from '@vsys/consensus-spos';
import type { ConsensusModule } from '@vsys/consensus';
import type { ConsensusSubject, Handover } from '@vsys/consensus/compliance';
import { authoritiesToBytes, authorityListKey } from '@vsys/consensus/rules';
import type { PublicKeyOf } from '@vsys/consensus/rules';
import { createSigner, verifySignature } from '@vsys/crypto';
import type { Signer } from '@vsys/crypto';
import { blockId, bodyRoot, receiptsRoot } from '@vsys/data-format';
import type { ChainSpec, Header } from '@vsys/data-format';
import { equalBytes, toHex } from '@vsys/primitives';

export { blockId };

const ZERO = new Uint8Array(32);
const GENESIS_MS = 1_700_000_000_000;

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

export const genesis: Header = {
  version: 1, chainId: ZERO, height: 0, parent: ZERO, timeMs: GENESIS_MS, bodyRoot: bodyRoot([]), receiptsRoot: receiptsRoot([]), stateRoot: ZERO, seatSetRoot: ZERO,
  nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: new Uint8Array(0),
};

export const modules: readonly ConsensusModule[] = [createPoa({ verifySignature }) as ConsensusModule, createSpos({ verifySignature }) as ConsensusModule, createBft({ verifySignature }) as ConsensusModule];

type Name = 'poa' | 'spos' | 'bft';

/** An era of one of the three modules, each of whose keys has a part in it. */
export function eraOf(module: Name, keys: number, lastHeight?: number): { readonly module: string; readonly lastHeight?: number; readonly params: unknown } {
  const seats = Array.from({ length: keys }, (_, i) => ({ account: String(i + 1).padStart(2, '0').repeat(20), key: toHex(publicKeyOf(i).bytes) }));
  const params = {
    poa: { periodMs: 1_000, backoffMs: 400, authorities: seats },
    // Short epochs: who comes late into an era, without a memory of votes in it, waits for one before it votes.
    spos: { slotMs: 1_000, slots: keys, epochBlocks: 10, seats: seats.map(({ account, key }, seat) => ({ seat, account, mintKey: key })) },
    bft: { periodMs: 1_000, timeoutMs: 400, timeoutDeltaMs: 200, validators: seats },
  };
  return { module: `${module}@1`, params: params[module], ...(lastHeight === undefined ? {} : { lastHeight }) };
}

export function subjectOf(keys: number, eras: readonly (readonly [module: Name, lastHeight?: number])[]): ConsensusSubject<ErasContext> {
  const module = createEras({ modules });
  const params = module.paramsFromJson({ eras: eras.map(([name, lastHeight]) => eraOf(name, keys, lastHeight)) });
  if (!params.ok) throw new Error(params.message);
  const opened = module.open(params.value, ZERO);
  if (!opened.ok) throw new Error(opened.message);
  return { consensus: opened.value, spec: specOf('eras@1', params.value), genesis, keys: Array.from({ length: keys }, (_, i) => publicKeyOf(i)), sign: signerOf(keys + 1), blockId, handover: handoverOf(keys) };
}

function specOf(module: string, params: Uint8Array): ChainSpec {
  return {
    version: 1, name: 'test', symbol: 'T', network: 'private', genesisTimeMs: GENESIS_MS, limits: { blockBytesMax: 1, blockGasMax: 1n, transactionBytesMax: 1 },
    fees: { perByte: 0n, perGas: 0n, to: 'burn' }, consensus: { module, params }, containers: [], balances: [], salt: new Uint8Array(0),
  };
}

/** The last place goes to somebody new, in whichever era that comes about. */
function handoverOf(keys: number): Handover {
  const after = Array.from({ length: keys }, (_, i) => (i === keys - 1 ? keys : i));
  const places = after.map((seed, index) => ({ index, account: new Uint8Array(20).fill(seed + 1), key: publicKeyOf(seed).bytes }));
  const lists = [[SEAT_LIST_KEY, seatListToBytes(places.map(({ key, ...place }) => ({ ...place, mintKey: key, voteKey: key })))], [authorityListKey(BFT_CONTAINER), authoritiesToBytes(places)]] as const;
  return { joins: publicKeyOf(keys), leaves: publicKeyOf(keys - 1), state: { get: async (key) => lists.find(([name]) => equalBytes(name, key))?.[1] } };
}
