import { type ChainId, compareBytes, type Verdict, accept, refuse } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { dropDefaults, type Fields, readFields } from './fields.ts';
import { codecOf, decodeCanonical, fieldLength, type FormatCode, safeInteger } from './gate.ts';
import { mainReferenceToMessage, readMainReference } from './main-reference.ts';
import type { ChainSpec } from './model.ts';

export const chainSpecBytesMax: number = 1 << 20;
const CONTAINERS_MAX = 64;
const BALANCES_MAX = 10_000;
/** The last time that is written with a year of four digits; later ones cannot even be shown by every machine. */
const GENESIS_TIME_MS_MAX = 253_402_300_799_999;
/** Of a chain: a block with its header must fit one gossip message of 4 MiB. */
const BLOCK_BYTES_MAX = 4_000_000;

export function chainSpecToBytes(spec: ChainSpec): Uint8Array {
  return codecOf('ChainSpec').encode(dropDefaults({
    version: spec.version, name: spec.name, symbol: spec.symbol, network: spec.network, genesisTimeMs: BigInt(spec.genesisTimeMs),
    blockBytesMax: spec.limits.blockBytesMax, blockGasMax: spec.limits.blockGasMax, transactionBytesMax: spec.limits.transactionBytesMax,
    feePerByte: spec.fees.perByte, feePerGas: spec.fees.perGas, feeTo: spec.fees.to,
    consensus: dropDefaults({ ...spec.consensus }),
    containers: spec.containers.map((one) => dropDefaults({ ...one })),
    balances: spec.balances.map((one) => dropDefaults({ ...one })),
    mainReference: mainReferenceToMessage(spec.mainReference),
    salt: spec.salt,
  }));
}

/** The chain's identity: it is under every signature, handshake and topic. */
export function chainId(spec: ChainSpec): ChainId {
  return taggedHash('v/chain-spec', chainSpecToBytes(spec));
}

export function chainSpecFromBytes(bytes: Uint8Array): Verdict<ChainSpec, FormatCode> {
  return decodeCanonical<ChainSpec>('ChainSpec', bytes, chainSpecBytesMax, (fields) => {
    const spec = readSpec(fields);
    return spec.ok ? checkChainSpec(spec.value) : spec;
  }, chainSpecToBytes);
}

function readSpec(fields: Fields): Verdict<ChainSpec, FormatCode> {
  const genesisTimeMs = safeInteger('ChainSpec', 'genesisTimeMs', fields.uint64('genesisTimeMs'));
  if (!genesisTimeMs.ok) return genesisTimeMs;
  const mainReference = readMainReference(fields.child('mainReference'));
  if (!mainReference.ok) return mainReference;
  const consensus = fields.child('consensus');
  if (consensus === undefined) return refuse('FORMAT_FIELD', 'ChainSpec.consensus is missing');
  return accept({
    version: fields.uint32('version'), name: fields.text('name'), symbol: fields.text('symbol'), network: fields.text('network') as ChainSpec['network'],
    genesisTimeMs: genesisTimeMs.value,
    limits: { blockBytesMax: fields.uint32('blockBytesMax'), blockGasMax: fields.uint64('blockGasMax'), transactionBytesMax: fields.uint32('transactionBytesMax') },
    fees: { perByte: fields.uint64('feePerByte'), perGas: fields.uint64('feePerGas'), to: fields.text('feeTo') as ChainSpec['fees']['to'] },
    consensus: { module: consensus.text('module'), params: consensus.bytes('params') },
    containers: fields.list('containers').map((message) => {
      const one = readFields(message as object);
      return { name: one.text('name'), version: one.uint32('version'), params: one.bytes('params') };
    }),
    balances: fields.list('balances').map((message) => {
      const one = readFields(message as object);
      return { account: one.bytes('account'), amount: one.uint64('amount') };
    }),
    ...(mainReference.value === undefined ? {} : { mainReference: mainReference.value }),
    salt: fields.bytes('salt'),
  });
}

/** What holds for every spec, however it was read. Refusals name the field. */
export function checkChainSpec(spec: ChainSpec): Verdict<ChainSpec, FormatCode> {
  const bad = (field: string, expected: string): Verdict<ChainSpec, FormatCode> => refuse('FORMAT_FIELD', `chain spec: ${field} must be ${expected}`, { field });
  if (spec.version !== 1) return bad('version', `1, found ${spec.version}; a newer node reads newer specs`);
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(spec.name)) return bad('name', '1 to 64 letters, digits, spaces, dots and dashes');
  if (!/^[A-Z][A-Z0-9]{0,9}$/.test(spec.symbol)) return bad('symbol', '1 to 10 capitals and digits');
  if (!['main', 'test', 'private'].includes(spec.network)) return bad('network', 'main, test or private');
  if (!['burn', 'author'].includes(spec.fees.to)) return bad('fees.to', 'burn or author');
  if (spec.genesisTimeMs > GENESIS_TIME_MS_MAX) return bad('genesisTimeMs', 'milliseconds since 1970, before the year 10000');
  const { blockBytesMax, blockGasMax, transactionBytesMax } = spec.limits;
  if (transactionBytesMax < 1_024 || transactionBytesMax > 262_144) return bad('limits.transactionBytesMax', '1,024 to 262,144');
  if (blockBytesMax < transactionBytesMax || blockBytesMax > BLOCK_BYTES_MAX) return bad('limits.blockBytesMax', 'at least transactionBytesMax and at most 4,000,000');
  if (blockGasMax === 0n) return bad('limits.blockGasMax', 'above 0');
  if (!/^[a-z][a-z0-9-]*@\d+$/.test(spec.consensus.module)) return bad('consensus.module', 'a name and version such as "spos@1"');
  if (spec.containers.length > CONTAINERS_MAX) return bad('containers', `at most ${CONTAINERS_MAX}`);
  if (spec.containers.some((one, i) => i > 0 && (spec.containers[i - 1] as { name: string }).name >= one.name)) return bad('containers', 'in order of name, each once');
  if (spec.balances.length > BALANCES_MAX) return bad('balances', `at most ${BALANCES_MAX}`);
  let total = 0n;
  for (const [i, { account, amount }] of spec.balances.entries()) {
    const length = fieldLength('ChainSpec', `balances[${i}].account`, account, 20);
    if (!length.ok) return length;
    const before = spec.balances[i - 1];
    if (before !== undefined && compareBytes(before.account, account) >= 0) return bad('balances', 'in order of account, each once');
    if (amount === 0n) return bad(`balances[${i}].amount`, 'above 0');
    total += amount;
  }
  if (total >= 1n << 63n) return bad('balances', 'below 2^63 in all');
  if (spec.salt.length > 32) return bad('salt', 'at most 32 bytes');
  return accept(spec);
}
