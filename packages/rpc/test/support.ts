import { createRouter } from '@vsys/container';
import { type Chain, createChain, createEngineHost, type EngineHost } from '@vsys/consensus';
import { createPoa } from '@vsys/consensus-poa';
import { createInlineVerifier, createSigner, type Signer, verifySignature } from '@vsys/crypto';
import { type Block, type ChainSpec, chainId, createTransaction, type Operation, transactionId, transactionToBytes } from '@vsys/data-format';
import { createDatabaseContainer } from '@vsys/database';
import { createSeededRandom, createVirtualTime, toHex, type VirtualTime } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { createCoinContainer } from '@vsys/transaction';

export const START_MS = 1_800_000_000_000;
const random = createSeededRandom(11);
export const seats: readonly Signer[] = Array.from({ length: 3 }, () => createSigner('ed25519', random.bytes(32)));
export const rich: Signer = createSigner('ed25519', random.bytes(32));

const poa = createPoa({ verifySignature });
const params = poa.paramsFromJson({ periodMs: 1_000, authorities: seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) });
if (!params.ok) throw new RangeError(params.message);

export const spec: ChainSpec = {
  version: 1, name: 'test', symbol: 'TST', network: 'private', genesisTimeMs: START_MS, limits: { blockBytesMax: 1 << 20, blockGasMax: 100_000_000n, transactionBytesMax: 1 << 18 },
  fees: { perByte: 1n, perGas: 1n, to: 'burn' }, consensus: { module: poa.id, params: params.value },
  containers: [{ name: 'coin', version: 1, params: new Uint8Array() }, { name: 'database', version: 1, params: new Uint8Array() }],
  balances: [{ account: rich.account, amount: 1_000_000_000_000n }], salt: new Uint8Array(),
};

export interface Running extends AsyncDisposable {
  readonly chain: Chain;
  readonly engine: EngineHost;
  readonly published: readonly Block[];
}

/** A chain that makes its own blocks with the seats it is given, in a time that the test moves. */
export async function runChain(time: VirtualTime, signers: readonly Signer[] = seats): Promise<Running> {
  const opened = poa.open(spec.consensus.params, chainId(spec));
  if (!opened.ok) throw new RangeError(opened.message);
  const store = createMemoryStore();
  const chain = await createChain({ spec }, { consensus: opened.value, router: createRouter([createCoinContainer(), createDatabaseContainer()]), store, log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: time });
  const published: Block[] = [];
  const engine = createEngineHost<unknown, Omit<Block, 'seal'>>({
    engine: opened.value.engine(signers.map(({ publicKey }) => publicKey)), view: chain.treeView,
    ports: {
      clock: time, timers: time, build: (request) => chain.build(request),
      async sign({ key, bytes }) {
        const signer = signers.find(({ publicKey }) => toHex(publicKey.bytes) === toHex(key.bytes));
        return signer === undefined ? { ok: false, code: 'NO_KEY', message: '' } : { ok: true, value: signer.sign(bytes) };
      },
      import: (block, seal) => chain.importBlock({ ...block, seal }),
      async publish(block, seal) { published.push({ ...block, seal }); },
      finalise: (ref) => chain.finalise(ref),
      persist: () => Promise.resolve(),
    },
  });
  chain.listen((event) => { if (event.kind === 'head') engine.notify({ kind: 'head' }); });
  engine.start();
  await engine.idle();
  return { chain, engine, published, async [Symbol.asyncDispose]() { await engine.close(); await chain.close(); await store.close(); } };
}

export const newTime = (): VirtualTime => createVirtualTime(START_MS + 50);

/** Lets time pass in steps, each settled before the next. */
export async function pass(time: VirtualTime, running: readonly Running[], ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    time.advance(250);
    for (const { engine } of running) await engine.idle();
  }
}

/** Base64 and id of a transaction that the rich account signs. */
export function signed(sequence: bigint, operations: readonly Operation[]): { readonly bytes: string; readonly id: string } {
  const body = { chainId: chainId(spec), payer: rich.account, lane: 0, sequence, validUntil: 100_000, feeMax: 10_000_000n, gasMax: 5_000_000n, operations };
  const transaction = createTransaction(body, [rich]);
  return { bytes: Buffer.from(transactionToBytes(transaction)).toString('base64'), id: toHex(transactionId(transaction.bodyBytes)) };
}
