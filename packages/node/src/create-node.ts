import { type Clock, CodedError, equalBytes, type Logger, type Metrics, noMetrics, refuse, silentLogger, type Timers, toHex } from '@vsys/primitives';
import type { Signer, SignatureVerifier } from '@vsys/crypto';
import { type Block, type ChainSpec, chainId as chainIdOf } from '@vsys/data-format';
import { type Container, createRouter } from '@vsys/container';
import { type Chain, type ChainOptions, type Consensus, type ConsensusModule, createChain, createEngineHost, createSignerGuard, type EngineHost, type GuardStore } from '@vsys/consensus';
import type { ChainNetwork, P2pNetwork } from '@vsys/p2p';
import type { BlockLog, Store } from '@vsys/store';
import { createSync, type Sync } from '@vsys/sync';
import { createCoinContainer } from '@vsys/transaction';

export class NodeError extends CodedError<'NODE_MODULE' | 'NODE_CONTAINER' | 'NODE_PARAMS' | 'NODE_STATE'> {}

export interface NodeOptions {
  readonly spec: ChainSpec;
  readonly chain?: Omit<ChainOptions, 'spec'>;
}

/** What a node is made of. Swap any of them; each passes the compliance suite of its interface. */
export interface NodeParts {
  /** Must have the id that the spec names. */
  readonly consensus: ConsensusModule;
  /** Beside the native coin, which every chain has. The spec's containers must be among them. */
  readonly containers: readonly Container[];
  readonly store: Store;
  readonly log: BlockLog;
  readonly network: P2pNetwork;
  readonly verifier: SignatureVerifier;
  /** Keys that seal blocks; none on a node that only follows. */
  readonly signers: readonly Signer[];
  /** Where the signer's marks and the engine's memory are durable. Losing it may make a seat sign twice. */
  readonly durable: GuardStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

export interface Node extends AsyncDisposable {
  readonly chain: Chain;
  readonly network: P2pNetwork;
  readonly sync: Sync;
  /** Numbers of the consensus module, such as its quorum. */
  readonly consensusNumbers: Readonly<Record<string, number>>;
  /** Joins the network, follows the chain, and produces where it has the keys. */
  start(): Promise<void>;
  /** Stops in reverse order, waiting for what is under way. The parts stay the caller's to close. */
  stop(): Promise<void>;
}

/** Wire versions that a peer must share up to the first dot. */
const WIRE_VERSION = '1.0';
const ENGINE_MEMORY = 'engine';

/**
 * Composes a node of one chain: the layers in their order, nothing found by name or built twice.
 *
 * @throws NodeError when the spec asks for what the parts do not have; ChainError when the data does not fit
 */
export async function createNode({ spec, chain: chainOptions = {} }: NodeOptions, parts: NodeParts): Promise<Node> {
  const { clock, timers, network, logger = silentLogger, metrics = noMetrics } = parts;
  const chainId = chainIdOf(spec);
  const consensus = openModule(spec, chainId, parts.consensus);
  const router = createRouter([createCoinContainer(), ...parts.containers, ...consensus.containers]);
  const chain = await createChain({ spec, ...chainOptions }, { consensus, router, store: parts.store, log: parts.log, verifier: parts.verifier, clock, logger: logger.scope('chain'), metrics });
  const sync = createSync({ chain, clock, timers, logger: logger.scope('sync'), metrics });
  const engine = await hostEngine(chain, sync, consensus, parts, logger.scope('consensus'));
  const stopListening = chain.listen((event) => {
    if (event.kind === 'head') engine.notify({ kind: 'head' });
    if (event.kind === 'final') engine.notify({ kind: 'final', ref: event.final });
    if (event.kind === 'block') engine.notify({ kind: 'block', id: event.id, stage: event.stage });
  });
  let joined: ChainNetwork | undefined;
  let state: 'made' | 'started' | 'stopped' = 'made';

  const stop = async (): Promise<void> => {
    if (state === 'stopped') return;
    state = 'stopped';
    await engine.close();
    await sync.stop();
    await joined?.leave();
    stopListening();
    await chain.close();
  };
  return {
    chain, network, sync,
    consensusNumbers: consensus.describe(),
    async start() {
      if (state !== 'made') throw new NodeError('NODE_STATE', `a node starts once; this one is ${state}`);
      state = 'started';
      const handshake = { chainId, versions: { wire: WIRE_VERSION, module: spec.consensus.module }, head: () => ({ height: chain.head.height, blockId: chain.head.id }) };
      joined = await network.join(handshake, sync.handlers);
      sync.attach(joined);
      await network.start();
      sync.start();
      engine.start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function openModule(spec: ChainSpec, chainId: Uint8Array, module: ConsensusModule): Consensus {
  if (module.id !== spec.consensus.module) {
    throw new NodeError('NODE_MODULE', `the chain runs ${spec.consensus.module}, the node was given ${module.id}; compose it with the module that the spec names`);
  }
  const opened = module.open(spec.consensus.params, chainId);
  if (!opened.ok) throw new NodeError('NODE_PARAMS', `${module.id} refuses the spec's parameters: ${opened.message}`, { reason: opened.code });
  return opened.value;
}

async function hostEngine(chain: Chain, sync: Sync, consensus: Consensus, parts: NodeParts, logger: Logger): Promise<EngineHost> {
  const { clock, timers, signers, durable } = parts;
  const guard = createSignerGuard(durable);
  const saved = await durable.load(ENGINE_MEMORY);
  return createEngineHost<unknown, Omit<Block, 'seal'>>({
    engine: consensus.engine(signers.map(({ publicKey }) => publicKey)),
    view: chain.treeView,
    logger,
    ...(saved === undefined ? {} : { saved }),
    ports: {
      clock, timers,
      build: (request) => chain.build(request),
      async sign({ key, bytes, guard: mark }) {
        const signer = signers.find(({ publicKey }) => publicKey.scheme === key.scheme && equalBytes(publicKey.bytes, key.bytes));
        if (signer === undefined) return refuse('SIGNER_NO_KEY', `this node does not hold the key ${toHex(key.bytes)}`);
        const allowed = await guard.allow(key, mark);
        return allowed.ok ? { ok: true, value: signer.sign(bytes) } : allowed;
      },
      import: (block, seal) => chain.importBlock({ ...block, seal }),
      publish: (block, seal) => sync.publishBlock({ ...block, seal }),
      finalise: (ref) => chain.finalise(ref),
      persist: (bytes) => durable.save(ENGINE_MEMORY, bytes),
    },
  });
}
