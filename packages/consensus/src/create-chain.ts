import { accept, type AccountId, type BlockId, equalBytes, type Logger, type Clock, invariant, type Metrics, noMetrics, refuse, type Refusal, silentLogger, toHex, type Verdict } from '@vsys/primitives';
import type { SignatureVerifier } from '@vsys/crypto';
import { appendToHistory, type Block, blockFromBytes, blockId, blockToBytes, bodyRoot, type ChainSpec, chainId as chainIdOf, type Header, historyRoot, receiptsRoot } from '@vsys/data-format';
import { type BlockTree, createBlockTree, type TreeNode } from '@vsys/block-tree';
import type { Router } from '@vsys/container';
import { noMainChain, type ReferenceRules } from '@vsys/interchain';
import type { BlockLog, Store } from '@vsys/store';
import { type CheckedTransaction, createMempool, executeBlock, type Mempool, type MempoolLimits, mempoolDefaults } from '@vsys/transaction';
import { type BlockData, blockDataOf } from './block-data.ts';
import type { Chain, ChainEvent, ImportCode } from './chain.ts';
import { createSubmission } from './create-submission.ts';
import { chainBlockOf, createChainReads } from './chain-reads.ts';
import { createBlockBuilder, type ExecutedBody } from './create-block-builder.ts';
import { createFinality } from './create-finality.ts';
import { ChainError } from './chain-error.ts';
import { createFailureBundle } from './failure-bundle.ts';
import { createFailureGate } from './failure-gate.ts';
import { checkContinues } from './header-chain.ts';
import type { Consensus } from './module.ts';
import { assertChainOf, assertLogBelow, openChainState } from './open-chain-state.ts';
import type { AuthoredHeader, BlockRef, Stepped } from './rules.ts';
import { routerOfSpec } from './spec-router.ts';
import { createTaskQueue } from './task-queue.ts';
import { createTransactionStatuses } from './transaction-statuses.ts';
import { createTreeView } from './tree-view.ts';
import { verifyBody } from './verified-bodies.ts';

export interface ChainOptions {
  readonly spec: ChainSpec;
  readonly mempool?: MempoolLimits;
  /** Blocks below final whose state can still be read. */
  readonly retentionBlocks?: number;
  /** Imports that may wait; more are refused with `IMPORT_FULL`. */
  readonly importsWaitingMax?: number;
  /** Memory for decoded pages of the state tree. */
  readonly stateCacheBytesMax?: number;
  /** Blocks without finality, on all branches together; more are refused with `IMPORT_FULL`. */
  readonly blocksAboveFinalMax?: number;
}

export interface ChainParts {
  readonly consensus: Consensus;
  /** Of these the chain runs what its spec names, the coin, and what its module brings. */
  readonly router: Router;
  readonly store: Store;
  readonly log: BlockLog;
  readonly verifier: SignatureVerifier;
  readonly clock: Clock;
  readonly references?: ReferenceRules;
  /** Told once, when a write or a promise of the code itself fails. Nothing is written after it: stop, and open the chain again. */
  readonly onFailure?: (error: unknown) => void;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

/**
 * Opens a chain: from its spec in an empty folder, or at the last flushed block, with the log replayed above it. The log is the truth:
 * a store that is gone is rebuilt from it.
 *
 * @throws ChainError
 */
export async function createChain(options: ChainOptions, parts: ChainParts): Promise<Chain> {
  const { spec, importsWaitingMax = 1_024 } = options;
  const { consensus, store, log, verifier, clock, references = noMainChain, logger = silentLogger, metrics = noMetrics } = parts;
  const { rules } = consensus;
  const router = routerOfSpec(spec, parts.router, consensus);
  const chainId = chainIdOf(spec);
  const admission = { chainId, limits: spec.limits, fees: spec.fees, router };
  const execution = { router, fees: spec.fees, blockGasMax: spec.limits.blockGasMax };
  if (spec.fees.to === 'author' && rules.author === undefined) throw new ChainError('CHAIN_SPEC', `fees.to: ${spec.consensus.module} knows no account of an author; set it to "burn"`);
  if (spec.mainReference !== undefined && parts.references === undefined) throw new ChainError('CHAIN_SPEC', 'mainReference: the chain was given no rules of references, so none of its blocks could be valid; leave it out, or compose the chain with `references`');

  const { state, base, genesis } = await openChainState(options, parts, chainId);
  await assertLogBelow(log, base);
  const baseView = state.view(base.sealed.header.stateRoot, base.sealed.header.height);
  if (baseView === undefined) throw new ChainError('CHAIN_STORE', 'the state on disk is not that of the last final block; remove the store\'s folder (not the log) and start again: it is rebuilt from the log');
  const tree: BlockTree<BlockData> = createBlockTree<BlockData>({
    genesis: {
      id: base.id, header: base.sealed.header, seal: base.sealed.seal, rank: base.rank, context: base.context,
      data: { view: baseView, sequence: undefined, checked: [], receipts: [], history: base.history, finalises: undefined },
    },
    ...(options.blocksAboveFinalMax === undefined ? {} : { limits: { nodesMax: options.blocksAboveFinalMax } }),
  });
  const treeView = createTreeView(tree, rules);
  const pool: Mempool = createMempool(spec.fees, options.mempool ?? mempoolDefaults);
  const builder = createBlockBuilder({ spec, chainId, tree, state, pool, rules, execution, clock, authorOf });
  const queue = createTaskQueue();
  const gate = createFailureGate((error) => parts.onFailure?.(error));
  const write = <T>(task: () => Promise<T>): Promise<T> => queue.run(() => gate.run(task));
  const listeners = new Set<(event: ChainEvent) => void>();
  /** Bodies that are being checked ahead of their import, by the very object that is imported: what else has the same header may have another body. */
  const prepared = new WeakMap<Block, ReturnType<typeof checkBody>>();
  const reads = createChainReads({ tree, store, log, state, rules, landing: () => finality.landing });
  const statuses = createTransactionStatuses({ store, pool, safeHeight: () => safeNode().height });
  const submit = createSubmission({
    admission, verifier, pool, statuses, head: () => ({ view: blockDataOf(tree.head).view, height: tree.head.height }), onPooled: (checked, from) => emit({ kind: 'transactions', checked, from }),
  });
  let closed = false;
  const finality = createFinality({
    tree, state, log, statuses, logger, metrics, write, raiseJustified, isClosed: () => closed, onFinal: (node) => emit({ kind: 'final', final: chainBlockOf(node) }),
  });

  const emit = (event: ChainEvent): void => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        // It stands outside: whoever listens may not break the chain.
        logger.error('a listener of the chain threw', { event: event.kind, error: String(error) });
      }
    }
  };

  /** Who made a block: known before it is executed. */
  function authorOf(parent: unknown, child: AuthoredHeader): { author?: AccountId } {
    return rules.author === undefined ? {} : { author: rules.author(parent, child) };
  }

  /** What the header alone can be judged by, against a known parent. */
  function judgeHeader(block: Block, id: BlockId, parent: TreeNode<BlockData>, context: unknown, replay: boolean): Verdict<Stepped<unknown>, ImportCode> {
    const { header, seal } = block;
    const neutral = checkContinues(parent, header);
    if (!neutral.ok) return refuse('IMPORT_HEADER', neutral.message, { reason: neutral.code });
    if (!equalBytes(header.historyRoot, historyRoot(blockDataOf(parent).history))) return refuse('IMPORT_HEADER', 'historyRoot is not that of the blocks below');
    if (!replay) {
      const atMs = rules.earliest(context, header) - rules.driftMs;
      if (clock.nowMs() < atMs) return refuse('IMPORT_EARLY', `the block is for a later time`, { atMs, retry: true });
    }
    const form = references.checkForm(header, parent.header);
    if (!form.ok) return refuse('IMPORT_HEADER', form.message, { reason: form.code });
    if (references.check(header, parent.header).kind !== 'eligible') return refuse('IMPORT_WAITING', 'the main block it names is not final here yet', { retry: true });
    const stepped = rules.step(context, { id, header, seal });
    if (stepped.ok) return stepped;
    if (stepped.data?.['halt'] === true) throw new ChainError('CHAIN_RULES_MISSING', stepped.message, { reason: stepped.code });
    return refuse(stepped.data?.['retry'] === true ? 'IMPORT_WAITING' : 'IMPORT_HEADER', stepped.message, { reason: stepped.code, ...(stepped.data?.['retry'] === true ? { retry: true } : {}) });
  }

  function checkKnown(id: BlockId, header: Header): Refusal<ImportCode> | undefined {
    if (tree.get(id) !== undefined) return refuse('IMPORT_KNOWN', 'the block is known');
    const invalid = tree.invalidCode(id);
    if (invalid !== undefined) return refuse('IMPORT_INVALID', 'the block was found invalid before', { reason: invalid });
    if (header.height <= tree.final.height) return refuse('IMPORT_BELOW_FINAL', `height ${header.height} is not above final ${tree.final.height}`);
    return undefined;
  }

  /** A block that is here and waits gets its certificate: in the log first, behind the block itself, as a record without a body. */
  async function certifyOne(node: TreeNode<BlockData>, seal: Uint8Array, replay: boolean): Promise<Verdict<BlockRef, ImportCode>> {
    const { id, header, height } = node;
    const parent = tree.get(node.parent);
    invariant(parent !== undefined, 'a block above final has its parent', { height });
    if (equalBytes(seal, node.seal)) return refuse('IMPORT_KNOWN', 'the block is known');
    const stepped = rules.step(rules.decode(parent.context), { id, header, seal });
    if (!stepped.ok) return refuse('IMPORT_HEADER', stepped.message, { reason: stepped.code });
    const { rank, finalises } = stepped.value;
    if (rank === null) return refuse('IMPORT_KNOWN', 'the block is known');
    if (!replay) await log.append([blockToBytes({ header, seal, transactions: [] })]);
    tree.certify(id, { rank, seal, context: rules.encode(stepped.value.context) });
    node.data = { ...blockDataOf(node), finalises };
    moveHead();
    emit({ kind: 'block', id, stage: 'executed' });
    return accept({ id, height });
  }

  async function importOne(block: Block, { own = false, candidate = false, replaySequence }: { own?: boolean; candidate?: boolean; replaySequence?: number } = {}): Promise<Verdict<BlockRef, ImportCode>> {
    const { header } = block;
    const id = blockId(header);
    const replay = replaySequence !== undefined;
    const waiting = tree.get(id);
    if (waiting?.rank === null) return certifyOne(waiting, block.seal, replay);
    const known = checkKnown(id, header);
    if (known !== undefined) return known;
    const parent = tree.get(header.parent);
    if (parent === undefined) {
      return tree.invalidCode(header.parent) === undefined
        ? refuse('IMPORT_UNKNOWN_PARENT', `the parent of height ${header.height} is not known`, { retry: true })
        : refuse('IMPORT_INVALID', 'its parent is invalid');
    }
    // Nothing stands on what may not be head yet, so all that is served as canonical has its certificate.
    if (parent.rank === null) return refuse('IMPORT_UNKNOWN_PARENT', `the parent of height ${header.height} waits for its certificate`, { retry: true });
    // The tree's verdict comes before any work and before the log: what the log holds is replayed, so no refused block may enter it.
    const room = tree.canInsert(id, header);
    if (!room.ok) return refuse(room.code === 'TREE_FULL' ? 'IMPORT_FULL' : 'IMPORT_HEADER', room.message, { reason: room.code, ...(room.code === 'TREE_FULL' ? { retry: true } : {}) });
    const parentContext = rules.decode(parent.context);
    const stepped = judgeHeader(block, id, parent, parentContext, replay);
    if (!stepped.ok) return stepped;
    // Whoever may seal could otherwise fill the log with blocks that nobody voted for.
    if (stepped.value.rank === null && !own && !candidate && !replay) return refuse('IMPORT_UNCERTIFIED', 'the block waits for its certificate', { retry: true });
    const executed = await executeBody(block, id, parent, parentContext, replay);
    if (!executed.ok) {
      if (own || replay) throw await brokenBlock(block, parent, executed, replaySequence);
      return isForEver(executed) ? invalidBlock(id, executed) : executed;
    }
    const { view, receipts, checked } = executed.value;
    const promised = await rules.complete?.(parentContext, header, view);
    if (promised !== undefined && !(equalBytes(promised.ext, header.ext) && equalBytes(promised.nextSeatSetRoot, header.nextSeatSetRoot))) {
      state.drop([view]);
      const why = refuse('IMPORT_EXECUTION', 'what the header says of the state after the block is not what that state says', { reason: 'HEADER_PROMISE' });
      if (own || replay) throw await brokenBlock(block, parent, why, replaySequence);
      return invalidBlock(id, why);
    }
    const context = rules.encode(stepped.value.context);
    const timely = replay || rules.isTimely(parentContext, header, clock.nowMs());

    // From here on the block is ours: durable in the log first, then in memory; the store follows when it is final.
    const sequence = replaySequence ?? (await log.append([blockToBytes(block)]));
    const inserted = tree.insertHeader({
      id, header, seal: block.seal, rank: stepped.value.rank, context, timely,
      data: { view, sequence, checked, receipts, history: appendToHistory(blockDataOf(parent).history, id), finalises: stepped.value.finalises },
    });
    invariant(inserted.ok, 'the tree takes a block that it was asked about', { height: header.height });
    tree.markExecuted(id);
    if (stepped.value.justifies !== undefined) raiseJustified(tree.ancestorAt(id, stepped.value.justifies));
    moveHead();
    emit({ kind: 'block', id, stage: 'executed' });
    return accept({ id, height: header.height });
  }

  /** Remembers a block that no node can ever take, so that whoever sends it again costs no work. Its header was sealed by whose turn it was. */
  function invalidBlock(id: BlockId, why: Refusal<ImportCode>): Refusal<ImportCode> {
    tree.markInvalid(id, String(why.data?.['reason'] ?? why.code));
    emit({ kind: 'block', id, stage: 'invalid' });
    return why;
  }

  async function executeBody(block: Block, id: BlockId, parent: TreeNode<BlockData>, context: unknown, trusted: boolean): Promise<Verdict<ExecutedBody, ImportCode>> {
    const { header } = block;
    const built = builder.take(header, id, context);
    if (built !== undefined) return accept(built);
    const checked = await (prepared.get(block) ?? checkBody(block, trusted));
    if (!checked.ok) return checked;
    const invalid = (message: string, reason: string): Refusal<ImportCode> => refuse('IMPORT_EXECUTION', message, { reason });
    const parentView = blockDataOf(parent).view;
    const done = await executeBlock(execution, parentView, { chainId, height: header.height, timeMs: header.timeMs, parent: header.parent }, checked.value, { skip: false, ...authorOf(context, header) });
    if (!done.ok) return invalid(done.message, done.code);
    const { writes, receipts, gasUsed } = done.value;
    if (gasUsed !== header.gasUsed) return invalid(`the body uses ${gasUsed} gas, the header says ${header.gasUsed}`, 'GAS_USED');
    if (!equalBytes(receiptsRoot(receipts), header.receiptsRoot)) return invalid('the receipts are not those that the header names', 'RECEIPTS_ROOT');
    const view = await state.fork(parentView, header.height, writes);
    if (equalBytes(view.root, header.stateRoot)) return accept({ view, receipts, checked: checked.value });
    state.drop([view]);
    return invalid('the state after the block is not the one that the header names', 'STATE_ROOT');
  }

  /** What the body can be judged by without its parent: its size, its root, the form and the signatures of its transactions. */
  async function checkBody({ header, transactions }: Block, trusted: boolean): Promise<Verdict<readonly CheckedTransaction[], 'IMPORT_BODY'>> {
    const bytes = transactions.reduce((sum, one) => sum + one.length, 0);
    if (bytes > spec.limits.blockBytesMax) return refuse('IMPORT_BODY', `the body has ${bytes} bytes, the chain allows ${spec.limits.blockBytesMax}`, { reason: 'BODY_BYTES' });
    // Neither says anything of the block: the same header may have another body.
    if (!equalBytes(bodyRoot(transactions), header.bodyRoot)) return refuse('IMPORT_BODY', 'the body is not the one that the header names', { reason: 'BODY_ROOT' });
    return verifyBody(admission, verifier, pool, transactions, { trusted });
  }

  /** A block of our own, or one that was valid when it was logged, which now is not: this machine, this release or the disk is wrong. */
  async function brokenBlock(block: Block, parent: TreeNode<BlockData>, why: Refusal<ImportCode>, sequence: number | undefined): Promise<ChainError> {
    const reason = String(why.data?.['reason'] ?? why.code);
    const view = blockDataOf(parent).view;
    const checked = await verifyBody(admission, verifier, pool, block.transactions, { trusted: true });
    const bundle = await createFailureBundle(reason, why.message, { execution, view, parent, block, checked: checked.ok ? checked.value : undefined, ...authorOf(rules.decode(parent.context), block.header) });
    const { height } = block.header;
    return sequence === undefined
      ? new ChainError('CHAIN_BROKEN', `block ${height}, made here, does not execute as it did when it was built: ${why.message}. Keep the bundle, check the machine's memory, and start the node again`, { bundle, reason, height })
      : new ChainError('CHAIN_REPLAY', `block ${height} of the log does not execute as it did: ${why.message}. Check the release and the disk; or remove the data folder and sync again`, { bundle, reason, sequence });
  }

  /** Switches only to a branch that is executed in full: a failing one costs work and never the head. */
  function moveHead(): void {
    const best = tree.bestHead();
    const before = tree.head;
    if (equalBytes(best.id, before.id)) return;
    const { revert, apply } = tree.path(before.id, best.id);
    tree.setHead(best.id);
    for (const node of revert) statuses.exclude(node);
    if (revert.length > 0) {
      logger.info('reorganisation', { depth: revert.length, from: toHex(before.id), to: toHex(best.id), height: best.height });
      metrics.count('vsys_reorgs_total', 'Reorganisations of the head');
      pool.restore([...revert].reverse().flatMap((node) => blockDataOf(node).checked));
    }
    for (const node of apply) {
      statuses.include(node);
      for (const { checked, reason } of pool.settle(blockDataOf(node).checked, node.height)) statuses.drop(checked.idHex, reason);
    }
    metrics.gauge('vsys_head_height', 'Height of the head', best.height);
    emit({ kind: 'head', head: chainBlockOf(best), revert: revert.map(chainBlockOf), apply: apply.map(chainBlockOf) });
  }

  /** Whatever branch it is on: the head descends from the highest one. */
  function raiseJustified(ref: BlockRef | undefined): void {
    if (ref !== undefined && ref.height > tree.justified.height) tree.setJustified(ref.id);
  }

  async function justifyOne(ref: BlockRef): Promise<void> {
    raiseJustified(ref);
    moveHead();
  }

  /** Runs what the log holds above the base through the same import, without checking signatures again. */
  async function replay(): Promise<void> {
    if (log.next > base.nextSequence) logger.info('replaying the block log', { from: base.nextSequence, to: log.next, height: tree.head.height });
    for await (const { sequence, bytes } of log.records(base.nextSequence)) {
      const block = blockFromBytes(bytes);
      if (!block.ok) throw new ChainError('CHAIN_REPLAY', `record ${sequence} of the block log is no block; remove the data folder and sync again`, { reason: block.code });
      assertChainOf(block.value.header, chainId);
      const imported = await importOne(block.value, { replaySequence: sequence });
      if (imported.ok) {
        const node = tree.get(imported.value.id);
        const finalises = node?.data?.finalises;
        const ancestor = node === undefined || finalises === undefined || !tree.isAncestor(node.id, tree.head.id) ? undefined : tree.ancestorAt(node.id, finalises);
        if (ancestor !== undefined) await finality.finaliseReplayed(ancestor);
      } else if (imported.code === 'IMPORT_KNOWN') {
        // A block once more, without its body: it was made final here.
        const known = tree.get(blockId(block.value.header));
        if (known !== undefined && block.value.transactions.length === 0) {
          await justifyOne(known);
          await finality.finaliseReplayed(known);
        }
      } else if (!['IMPORT_UNKNOWN_PARENT', 'IMPORT_BELOW_FINAL', 'IMPORT_WAITING'].includes(imported.code)) {
        // It was taken when it was logged: a smaller limit, another release or the disk now says otherwise.
        throw new ChainError('CHAIN_REPLAY', `block ${block.value.header.height} of the log is not taken again: ${imported.message}. Check the limits of the tree, the release and the disk; or remove the data folder and sync again`, { sequence, reason: imported.code });
      }
    }
  }
  await replay();

  function safeNode(): TreeNode<BlockData> {
    const height = rules.safeHeight?.(treeView.head.context) ?? 0;
    return height <= tree.safe.height ? tree.safe : (tree.ancestorAt(tree.head.id, height) ?? tree.safe);
  }

  function assertOpen(): void {
    if (closed) throw new ChainError('CHAIN_CLOSED', 'the chain is closed');
    gate.assertSound();
  }

  async function close(): Promise<void> {
    closed = true;
    await queue.idle();
    await state.close();
  }

  return {
    spec, chainId, genesis, rules, treeView, pool,
    get head() { return chainBlockOf(tree.head); },
    get safe() { return chainBlockOf(safeNode()); },
    get final() { return chainBlockOf(tree.final); },
    async importBlock(block, origin) {
      assertOpen();
      if (queue.waiting >= importsWaitingMax) return refuse('IMPORT_FULL', `${importsWaitingMax} blocks wait to be imported; send it again later`, { retry: true });
      return write(() => importOne(block, { own: origin === 'own', candidate: origin === 'candidate' }));
    },
    async certify(id, seal) {
      assertOpen();
      return write(async () => {
        const node = tree.get(id);
        if (node === undefined) return refuse('IMPORT_UNKNOWN_PARENT', 'the block that the certificate is for is not here', { retry: true });
        return node.rank === null ? certifyOne(node, seal, false) : refuse('IMPORT_KNOWN', 'the block is certified');
      });
    },
    isUncertified: (id) => tree.get(id)?.rank === null,
    prepare(block) {
      assertOpen();
      const checking = checkBody(block, false);
      // The import hears of a failure; if there is none, nobody needs to.
      checking.catch(() => undefined);
      prepared.set(block, checking);
    },
    ...reads,
    async submit(transactions, from) {
      assertOpen();
      return submit(transactions, from);
    },
    status: (id) => statuses.of(id),
    locator: () => tree.locator(),
    pooled: (max) => {
      const some: CheckedTransaction[] = [];
      for (const one of pool.all()) {
        if (some.length >= max) break;
        some.push(one);
      }
      return some;
    },
    build: (request) => write(() => builder.build(request)),
    justify: (ref) => write(() => justifyOne(ref)),
    finalise: finality.finalise,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether it is the block that is refused, and not the bytes that came as its body. */
function isForEver({ code, data }: Refusal<ImportCode>): boolean {
  return code === 'IMPORT_EXECUTION' || (code === 'IMPORT_BODY' && data?.['reason'] !== 'BODY_ROOT' && data?.['reason'] !== 'BODY_BYTES');
}
