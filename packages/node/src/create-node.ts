import { BytesError, type Clock, CodedError, equalBytes, InvariantError, type Logger, type Metrics, noMetrics, refuse, silentLogger, type Timers, toHex } from '@vsys/primitives';
import type { Signer, SignatureVerifier } from '@vsys/crypto';
import { type Block, type ChainSpec, chainId as chainIdOf } from '@vsys/data-format';
import { type Container, createRouter } from '@vsys/container';
import { type Chain, type ChainOptions, type Consensus, type ConsensusModule, createChain, createEngineHost, createSignerGuard, type EngineHost, type GuardStore, type SignerGuard } from '@vsys/consensus';
import type { ChainNetwork, P2pNetwork } from '@vsys/p2p';
import type { BlockLog, Store } from '@vsys/store';
import { createSync, type Sync } from '@vsys/sync';
import { createCoinContainer } from '@vsys/transaction';
import { assertDurableOfChain } from './durable-chain.ts';
import { createEvidenceDesk, type EvidenceDesk, type FoundEvidence } from './evidence-desk.ts';
import { NodeError } from './node-error.ts';
import { errorOfFailure, type KeepBundle, keepBundleOf, type NodeFailure } from './node-failure.ts';

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
  /** Its account pays for the transactions that bring proof of double signing before the chain. Without one proofs are kept, for somebody to send. */
  readonly reporter?: Signer;
  /** Where the signer's marks and the engine's memory are durable. Losing it may make a seat sign twice. */
  readonly durable: GuardStore;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Keeps what another machine needs to repeat a block that did not execute as promised. Without it that is lost. */
  readonly keepBundle?: KeepBundle;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

export interface Node extends AsyncDisposable {
  readonly chain: Chain;
  readonly network: P2pNetwork;
  readonly sync: Sync;
  /**
   * Resolves when the node stopped by itself, because a disk failed or a promise of the code did not hold; never rejects. Nothing that
   * was acknowledged is lost: repair what the error names, then compose and start the node again.
   */
  readonly failed: Promise<NodeFailure>;
  /** Proofs of double signing that the engine found since the start, and what became of them. */
  readonly evidence: readonly FoundEvidence[];
  /** Numbers of the consensus module, such as its quorum, as they are after the head. */
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
 * @throws NodeError when the spec asks for what the parts do not have; ChainError when the data does not fit; what store, log and durable
 * records throw
 */
export async function createNode({ spec, chain: chainOptions = {} }: NodeOptions, parts: NodeParts): Promise<Node> {
  const { clock, timers, network, logger = silentLogger, metrics = noMetrics } = parts;
  const chainId = chainIdOf(spec);
  const consensus = openModule(spec, chainId, parts.consensus);
  const router = createRouter([createCoinContainer(), ...parts.containers, ...consensus.containers]);
  const failure = Promise.withResolvers<NodeFailure>();
  let failing = false;
  let stopping: Promise<void> | undefined;

  /** The first failure stops the node. Called from inside what failed, which the stop waits for, so the stop runs beside. */
  const fail = (cause: unknown): void => {
    if (failing || stopping !== undefined) return;
    failing = true;
    const error = errorOfFailure(cause);
    logger.error('the node stops', { code: error.code, reason: error.message });
    void (async () => {
      const bundle = await keepBundleOf(cause, parts.keepBundle, logger);
      await stop().catch((stopError: unknown) => logger.error('stopping failed', { error: String(stopError) }));
      failure.resolve({ error, bundle });
    })();
  };
  const chain = await createChain({ spec, ...chainOptions }, { consensus, router, store: parts.store, log: parts.log, verifier: parts.verifier, clock, onFailure: fail, logger: logger.scope('chain'), metrics })
    .catch(async (error: unknown) => {
      const bundle = await keepBundleOf(error, parts.keepBundle, logger);
      if (bundle !== undefined) logger.error('what another machine needs to repeat the failure is kept', { bundle });
      throw errorOfFailure(error);
    });
  const life = new AsyncDisposableStack();
  life.defer(() => chain.close());
  const { guard, saved } = await openSigning(parts, chainId).catch(async (error: unknown) => {
    await life.disposeAsync();
    throw error;
  });
  const sync: Sync = createSync({
    chain, clock, timers, logger: logger.scope('sync'), metrics,
    engine: {
      ...(parts.consensus.wire === undefined ? {} : { wire: parts.consensus.wire }),
      receive: (from, bytes) => engine.receive(from, bytes),
      offer: (from, candidate) => engine.offer(from, candidate),
      peerJoined: (from, have) => engine.notify({ kind: 'catchUp', from, have }),
    },
  });
  const evidence = createEvidenceDesk({ chain, consensus, reporter: parts.reporter, logger: logger.scope('evidence') });
  life.defer(() => evidence.idle());
  const engine = hostEngine({ chain, sync, evidence, consensus, parts, guard, saved, fail, logger: logger.scope('consensus'), metrics });
  life.defer(chain.listen((event) => {
    if (event.kind === 'head') engine.notify({ kind: 'head' });
    if (event.kind === 'final') {
      engine.notify({ kind: 'final', ref: event.final });
      evidence.follow();
    }
    if (event.kind === 'block') engine.notify({ kind: 'block', id: event.id, stage: event.stage });
  }));
  let joined: ChainNetwork | undefined;
  let starting: Promise<void> | undefined;
  life.defer(async () => joined?.leave());
  life.defer(() => sync.stop());
  life.defer(() => engine.close());

  async function startUp(): Promise<void> {
    const handshake = { chainId, versions: { wire: WIRE_VERSION, module: spec.consensus.module }, head: () => ({ height: chain.head.height, blockId: chain.head.id }) };
    joined = await network.join(handshake, sync.handlers);
    sync.attach(joined);
    await network.start();
    if (stopping !== undefined) return;
    sync.start();
    engine.start();
  }

  /** A second call waits for the first. */
  function stop(): Promise<void> {
    return (stopping ??= (async () => {
      await starting?.catch(() => undefined);
      await life.disposeAsync();
    })());
  }
  return {
    chain, network, sync, stop,
    failed: failure.promise,
    get evidence() { return evidence.found; },
    get consensusNumbers() { return consensus.describe(chain.treeView.head.context); },
    async start() {
      if (starting !== undefined || stopping !== undefined) throw new NodeError('NODE_STATE', `a node starts once; this one is ${stopping === undefined ? 'started' : 'stopped'}`);
      await (starting = startUp());
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** What the node's keys signed, and what its engine remembers; read before anything starts, as not all of it may be readable. */
async function openSigning({ durable, signers }: NodeParts, chainId: Uint8Array): Promise<{ readonly guard: SignerGuard; readonly saved: Uint8Array | undefined }> {
  await assertDurableOfChain(durable, chainId);
  const guard = createSignerGuard(durable);
  await guard.open(signers.map(({ publicKey }) => publicKey));
  return { guard, saved: await durable.load(ENGINE_MEMORY) };
}

function openModule(spec: ChainSpec, chainId: Uint8Array, module: ConsensusModule): Consensus {
  if (module.id !== spec.consensus.module) {
    throw new NodeError('NODE_MODULE', `the chain runs ${spec.consensus.module}, the node was given ${module.id}; compose it with the module that the spec names`);
  }
  const opened = module.open(spec.consensus.params, chainId);
  if (!opened.ok) throw new NodeError('NODE_PARAMS', `${module.id} refuses the spec's parameters: ${opened.message}`, { reason: opened.code });
  if (module.needs.compute && opened.value.compute === undefined) throw new NodeError('NODE_MODULE', `${module.id} needs long work done and brings nothing that does it; use a release of the module that has \`compute\``);
  return opened.value;
}

interface EngineWiring {
  readonly chain: Chain;
  readonly sync: Sync;
  readonly evidence: EvidenceDesk;
  readonly consensus: Consensus;
  readonly parts: NodeParts;
  readonly guard: SignerGuard;
  readonly saved: Uint8Array | undefined;
  readonly fail: (error: unknown) => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

function hostEngine({ chain, sync, evidence, consensus, parts: { clock, timers, signers, durable }, guard, saved, fail, logger, metrics }: EngineWiring): EngineHost<Omit<Block, 'seal'>> {
  return createEngineHost<unknown, Omit<Block, 'seal'>>({
    engine: consensus.engine(signers.map(({ publicKey }) => publicKey)),
    view: chain.treeView,
    logger,
    ...(saved === undefined ? {} : { saved }),
    // An engine that threw would go on from a state that it did not reach.
    onFailure: (error) => fail(error instanceof CodedError && !(error instanceof InvariantError || error instanceof BytesError) ? error : new NodeError('NODE_ENGINE', `the consensus engine failed: ${String(error)}. Start the node again; if it fails at once, its durable record "${ENGINE_MEMORY}" may be damaged`, { cause: error })),
    ports: {
      clock, timers,
      build: (request) => chain.build(request),
      async sign({ key, bytes, guard: mark }) {
        const signer = signers.find(({ publicKey }) => publicKey.scheme === key.scheme && equalBytes(publicKey.bytes, key.bytes));
        if (signer === undefined) return refuse('SIGNER_NO_KEY', `this node does not hold the key ${toHex(key.bytes)}`);
        const allowed = await guard.allow(key, mark);
        return allowed.ok ? { ok: true, value: signer.sign(bytes) } : allowed;
      },
      import: (block, seal) => chain.importBlock({ ...block, seal }, 'own'),
      publish: (block, seal) => sync.publishBlock({ ...block, seal }),
      importCandidate: (block, seal) => chain.importBlock({ ...block, seal }, 'candidate'),
      certify: (id, seal) => chain.certify(id, seal),
      justify: (ref) => chain.justify(ref),
      finalise: (ref) => chain.finalise(ref),
      // A network that stops under the engine is no failure of the engine.
      send: (to, bytes) => sync.sendConsensus(to, bytes).catch((error: unknown) => logger.debug('a consensus message was not sent', { error: String(error) })),
      fetch: (from, id) => sync.fetchBlock(from, id),
      behind: (from, height) => sync.claimed(from, height),
      scorePeer: (peer, delta, why) => sync.scorePeer(peer, delta, why),
      async evidence(bytes) {
        logger.error('a seat signed two things of which it may sign one', { proof: toHex(bytes) });
        metrics.count('vsys_consensus_evidence_total', 'Proofs of double signing that the consensus engine saw');
        evidence.add(bytes);
      },
      persist: (bytes) => durable.save(ENGINE_MEMORY, bytes),
      withExt: (block, ext) => ({ ...block, header: { ...block.header, ext } }),
      ...(consensus.compute === undefined ? {} : { compute: (bytes) => (consensus.compute as (job: Uint8Array) => Uint8Array)(bytes) }),
    },
  });
}
