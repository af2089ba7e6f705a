import { fromHex, toHex, type Verdict, refuse } from '@vsys/primitives';
import { checkChainSpec } from './chain-spec.ts';
import type { FormatCode } from './gate.ts';
import type { ChainSpec, MainReference } from './model.ts';

/** The spec for people: a view of the bytes. Byte strings in hex, 64-bit numbers as strings, nothing left out. */
export function chainSpecToJson(spec: ChainSpec): string {
  const view = {
    ...spec,
    limits: { ...spec.limits, blockGasMax: String(spec.limits.blockGasMax) },
    fees: { perByte: String(spec.fees.perByte), perGas: String(spec.fees.perGas), to: spec.fees.to },
    consensus: { module: spec.consensus.module, params: toHex(spec.consensus.params) },
    containers: spec.containers.map((one) => ({ ...one, params: toHex(one.params) })),
    balances: spec.balances.map(({ account, amount }) => ({ account: toHex(account), amount: String(amount) })),
    ...(spec.mainReference === undefined ? {} : { mainReference: { ...spec.mainReference, chainId: toHex(spec.mainReference.chainId), blockId: toHex(spec.mainReference.blockId) } }),
    salt: toHex(spec.salt),
  };
  return `${JSON.stringify(view, null, 2)}\n`;
}

class Stop {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Refusals name the path and what was expected there; an unknown field is one, since it would be lost. */
export function chainSpecFromJson(text: string): Verdict<ChainSpec, FormatCode> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('FORMAT_MALFORMED', 'the chain spec is not JSON; write a new one with `vsys init`');
  }
  try {
    return checkChainSpec(readSpec(json));
  } catch (stop) {
    if (stop instanceof Stop) return refuse('FORMAT_FIELD', `chain spec: ${stop.message}`);
    throw stop;
  }
}

function object(value: unknown, path: string, fields: readonly string[], optional: readonly string[] = []): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Stop(`${path} must be an object`);
  for (const name of Object.keys(value)) if (!fields.includes(name) && !optional.includes(name)) throw new Stop(`${path} has an unknown field; known are ${[...fields, ...optional].join(', ')}`);
  for (const name of fields) if (!Object.hasOwn(value, name)) throw new Stop(`${path}.${name} is missing`);
  return value as Json;
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Stop(`${path} must be a string`);
  return value;
}

function whole(value: unknown, path: string, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max) throw new Stop(`${path} must be a whole number from 0 to ${max}`);
  return value;
}

function big(value: unknown, path: string): bigint {
  const digits = text(value, path);
  if (!/^\d{1,20}$/.test(digits) || BigInt(digits) >= 1n << 64n) throw new Stop(`${path} must be a string of digits below 2^64`);
  return BigInt(digits);
}

function hex(value: unknown, path: string, length?: number): Uint8Array {
  const digits = text(value, path);
  if (!/^(?:[0-9a-f]{2})*$/.test(digits) || (length !== undefined && digits.length !== 2 * length)) throw new Stop(`${path} must be lower-case hexadecimal${length === undefined ? '' : ` of ${length} bytes`}`);
  return fromHex(digits);
}

function list<T>(value: unknown, path: string, item: (one: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) throw new Stop(`${path} must be a list`);
  return value.map((one, i) => item(one, `${path}[${i}]`));
}

function readSpec(json: unknown): ChainSpec {
  const spec = object(json, 'the spec', ['version', 'name', 'symbol', 'network', 'genesisTimeMs', 'limits', 'fees', 'consensus', 'containers', 'balances', 'salt'], ['mainReference']);
  const limits = object(spec.limits, 'limits', ['blockBytesMax', 'blockGasMax', 'transactionBytesMax']);
  const fees = object(spec.fees, 'fees', ['perByte', 'perGas', 'to']);
  const consensus = object(spec.consensus, 'consensus', ['module', 'params']);
  const uint32Max = 0xffff_ffff;
  return {
    version: whole(spec.version, 'version', uint32Max), name: text(spec.name, 'name'), symbol: text(spec.symbol, 'symbol'),
    network: text(spec.network, 'network') as ChainSpec['network'], genesisTimeMs: whole(spec.genesisTimeMs, 'genesisTimeMs'),
    limits: {
      blockBytesMax: whole(limits.blockBytesMax, 'limits.blockBytesMax', uint32Max), blockGasMax: big(limits.blockGasMax, 'limits.blockGasMax'),
      transactionBytesMax: whole(limits.transactionBytesMax, 'limits.transactionBytesMax', uint32Max),
    },
    fees: { perByte: big(fees.perByte, 'fees.perByte'), perGas: big(fees.perGas, 'fees.perGas'), to: text(fees.to, 'fees.to') as ChainSpec['fees']['to'] },
    consensus: { module: text(consensus.module, 'consensus.module'), params: hex(consensus.params, 'consensus.params') },
    containers: list(spec.containers, 'containers', (value, path) => {
      const one = object(value, path, ['name', 'version', 'params']);
      return { name: text(one.name, `${path}.name`), version: whole(one.version, `${path}.version`, uint32Max), params: hex(one.params, `${path}.params`) };
    }),
    balances: list(spec.balances, 'balances', (value, path) => {
      const one = object(value, path, ['account', 'amount']);
      return { account: hex(one.account, `${path}.account`, 20), amount: big(one.amount, `${path}.amount`) };
    }),
    ...(spec.mainReference === undefined ? {} : { mainReference: readReference(spec.mainReference) }),
    salt: hex(spec.salt, 'salt'),
  };
}

function readReference(value: unknown): MainReference {
  const one = object(value, 'mainReference', ['chainId', 'height', 'blockId']);
  return { chainId: hex(one.chainId, 'mainReference.chainId', 32), height: whole(one.height, 'mainReference.height'), blockId: hex(one.blockId, 'mainReference.blockId', 32) };
}
