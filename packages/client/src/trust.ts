import { equalBytes, fromHex, toHex } from '@vsys/primitives';
import { openWebVerifier, verifySignature } from '@vsys/crypto/verify';
import { chainId as chainIdOf, type ChainSpec, chainSpecFromBytes, chainSpecFromJson, type Header, headerFromBytes } from '@vsys/data-format';
import { createCaller, createSealChecks, type Trust } from '@vsys/rpc/client';
import { bytesFromBase64 } from './base64.ts';
import { clientFailure, clientFailureOfRpc } from './client-failure.ts';
import { type OpenRules, openRules } from './known-rules.ts';

/** Where the belief in a chain comes from: what its maker gave out, or the word of the node that is asked. */
export type TrustOrigin = 'given' | 'node';

export interface TrustOptions {
  /** Hex. The hash of the spec: whoever has it from somewhere else than the node cannot be shown another chain. */
  readonly chainId?: string | undefined;
  /** The spec itself, as `chain.json` has it: the same, without asking for it. */
  readonly spec?: ChainSpec | string | undefined;
  /** Rules of headers for consensus modules that do not come with this package, by the module's id. */
  readonly rules?: Readonly<Record<string, OpenRules>> | undefined;
  /** What `checkpoint()` gave an earlier time. */
  readonly checkpoint?: Uint8Array | undefined;
}

/**
 * The chain to believe in. Of spec and chain id nothing is taken from the node but bytes that hash to what was given. The first header is the node's in any case: every
 * later one is sealed on top of it, by keys that the spec names, so a wrong one carries no block; answers at height 0 alone are only claimed.
 *
 * @throws ClientError CLIENT_TRUST, CLIENT_WRONG_CHAIN, CLIENT_MODULE
 */
export async function trustOf(url: string, options: TrustOptions, { signal }: { readonly signal?: AbortSignal | undefined }): Promise<{ readonly trust: Trust; readonly origin: TrustOrigin }> {
  const told = await createCaller({ url })('chain_spec', {}, { signal });
  const spec = givenSpec(options) ?? readSpec(bytesFromBase64(told.spec));
  const id = chainIdOf(spec);
  const { chainId } = options;
  if (chainId !== undefined && !equalBytes(idOf(chainId), id)) throw clientFailureOfRpc('CLIENT_WRONG_CHAIN', `the ${options.spec === undefined ? 'node serves' : 'spec is of'} the chain ${toHex(id)}, the trusted one is ${chainId}`);
  const origin: TrustOrigin = chainId === undefined && options.spec === undefined ? 'node' : 'given';
  if (origin === 'node' && spec.network === 'main') throw clientFailure('CLIENT_TRUST', `"${spec.name}" is a main network: name it with chainId, from a place that you believe and that is not this node`, { chainId: toHex(id) });
  const seals = createSealChecks(verifySignature, () => openWebVerifier(verifySignature));
  const rules = openRules(spec.consensus.module, spec.consensus.params, id, seals.verify, options.rules);
  if (!rules.ok) throw clientFailure('CLIENT_MODULE', rules.message);
  return { trust: { spec, genesis: readGenesis(bytesFromBase64(told.genesis), spec), rules: rules.value, checkpoint: options.checkpoint, seals }, origin };
}

function givenSpec({ spec }: TrustOptions): ChainSpec | undefined {
  if (typeof spec !== 'string') return spec;
  const read = chainSpecFromJson(spec);
  if (!read.ok) throw clientFailure('CLIENT_TRUST', `the spec cannot be read: ${read.message}`);
  return read.value;
}

function readSpec(bytes: Uint8Array): ChainSpec {
  const read = chainSpecFromBytes(bytes);
  if (!read.ok) throw clientFailureOfRpc('CLIENT_BAD_ANSWER', `the spec that the node sent cannot be read: ${read.message}`);
  return read.value;
}

function readGenesis(bytes: Uint8Array, spec: ChainSpec): Header {
  const read = headerFromBytes(bytes);
  if (!read.ok || read.value.height !== 0 || read.value.timeMs !== spec.genesisTimeMs) throw clientFailureOfRpc('CLIENT_BAD_ANSWER', 'the first header that the node sent is none');
  return read.value;
}

function idOf(hex: string): Uint8Array {
  if (!/^(?:0x)?[0-9a-f]{64}$/i.test(hex)) throw clientFailure('CLIENT_TRUST', 'chainId is 64 hex digits');
  return fromHex(hex.replace(/^0x/i, '').toLowerCase());
}
