import { createSigner, type Signer, verifySignature } from '@vsys/crypto';
import { type ChainSpec, chainId, createTransaction, transactionToBytes } from '@vsys/data-format';
import { compareBytes, createSeededRandom, toHex } from '@vsys/primitives';
import { createPoa } from '@vsys/consensus-poa';
import type { ConsensusModule } from '@vsys/consensus';
import { transfer } from '@vsys/transaction';

export interface TransferLoad {
  readonly spec: ChainSpec;
  readonly module: ConsensusModule;
  /** The one seat. */
  readonly seat: Signer;
  readonly accounts: readonly Signer[];
  /** The next signed transfers, each from one account to another, the accounts in turn. */
  next(count: number): Uint8Array[];
}

const GAS_MAX = 1_000n;

/** A chain of one authority where so many accounts hold coins, and as many signed transfers between them as are asked for. */
export function createTransferLoad(accountCount: number, periodMs: number): TransferLoad {
  const random = createSeededRandom(5);
  const seat = createSigner('ed25519', random.bytes(32));
  const accounts = Array.from({ length: accountCount }, () => createSigner('ed25519', random.bytes(32)));
  const module = createPoa({ verifySignature }) as ConsensusModule;
  const params = module.paramsFromJson({ periodMs, authorities: [{ account: toHex(seat.account), key: toHex(seat.publicKey.bytes) }] });
  if (!params.ok) throw new RangeError(params.message);
  const spec: ChainSpec = {
    version: 1, name: 'bench', symbol: 'BNCH', network: 'private', genesisTimeMs: Date.now() - periodMs,
    limits: { blockBytesMax: 4_000_000, blockGasMax: 1_000_000_000_000n, transactionBytesMax: 262_144 },
    fees: { perByte: 1n, perGas: 1n, to: 'burn' }, consensus: { module: module.id, params: params.value },
    containers: [{ name: 'coin', version: 1, params: new Uint8Array() }],
    balances: accounts.map(({ account }) => ({ account, amount: 1_000_000_000_000n })).toSorted((a, b) => compareBytes(a.account, b.account)), salt: new Uint8Array(),
  };
  const id = chainId(spec);
  let made = 0;
  return {
    spec, module, seat, accounts,
    next: (count) => Array.from({ length: count }, () => {
      const from = accounts[made % accountCount] as Signer;
      const to = accounts[(made * 31 + 7) % accountCount] as Signer;
      const sequence = BigInt(Math.floor(made++ / accountCount));
      const body = { chainId: id, payer: from.account, lane: 0, sequence, validUntil: 1_000_000_000, feeMax: 100_000n, gasMax: GAS_MAX, operations: [transfer(to.account, 1n)] };
      return transactionToBytes(createTransaction(body, [from]));
    }),
  };
}
