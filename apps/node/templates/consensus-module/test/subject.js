// @ts-check
import { createSigner, verifySignature } from '@vsys/crypto';
import { blockId } from '@vsys/data-format';
import { toHex } from '@vsys/primitives';
import { createModule } from '../src/module.js';

export const module = createModule({ verifySignature });
const signers = [1, 2, 3, 4].map((byte) => createSigner('ed25519', new Uint8Array(32).fill(byte)));
const [NONE, ZERO] = [new Uint8Array(0), new Uint8Array(32)];

/** The module at work for one chain of four producers, with what the laws need to run it. @returns {import('@vsys/consensus/compliance').ConsensusSubject<import('../src/rules.js').Context>} */
export function createSubject() {
  const params = module.paramsFromJson({ slotMs: 1_000, producers: signers.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) });
  const opened = params.ok ? module.open(params.value, ZERO) : params;
  if (!params.ok || !opened.ok) throw new Error('the parameters are wrong');
  const timeMs = 1_700_000_000_000;
  return {
    consensus: opened.value, blockId,
    keys: signers.map(({ publicKey }) => publicKey),
    sign: (key, bytes) => /** @type {typeof signers[number]} */ (signers.find(({ publicKey }) => toHex(publicKey.bytes) === toHex(key.bytes))).sign(bytes),
    genesis: {
      version: 1, chainId: ZERO, height: 0, parent: ZERO, timeMs, bodyRoot: ZERO, receiptsRoot: ZERO, stateRoot: ZERO, seatSetRoot: ZERO, nextSeatSetRoot: ZERO, historyRoot: ZERO, gasUsed: 0n, ext: NONE,
    },
    spec: {
      version: 1, name: 'test', symbol: 'T', network: 'private', genesisTimeMs: timeMs, limits: { blockBytesMax: 1, blockGasMax: 1n, transactionBytesMax: 1 },
      fees: { perByte: 0n, perGas: 0n, to: 'burn' }, consensus: { module: module.id, params: params.value }, containers: [], balances: [], salt: NONE,
    },
  };
}
