import { type Clock, equalBytes, type Logger, type PeerId } from '@vsys/primitives';
import { type Chain, checkContinues } from '@vsys/consensus';
import { type Block, blockFromBytes, blockId, type SealedHeader, sealedHeaderFromBytes } from '@vsys/data-format';
import type { ChainNetwork } from '@vsys/p2p';
import { SYNC_LIMITS } from './sync-limits.ts';
import { headFromBytes, listFromBytes, listToBytes } from './wire.ts';

/** Follows peers who say that they are ahead: headers first, bodies only for headers that continue what we hold. */
export interface CatchUp {
  readonly running: boolean;
  /** The highest height that a peer claims; a hint, never believed. */
  readonly target: number;
  claim(peer: PeerId, height: number): void;
  /** A peer joined with this head: starts if that is ahead. */
  meet(peer: PeerId, head: PeerHead): Promise<void>;
  forget(peer: PeerId): void;
  /** Starts unless it runs. */
  trigger(): void;
  /** Asks every peer for its head, then starts if one is ahead. */
  probe(): Promise<void>;
  stop(): Promise<void>;
}

export interface PeerHead {
  readonly height: number;
  readonly id: Uint8Array;
}

interface Parts {
  readonly chain: Chain;
  readonly network: () => ChainNetwork | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Step = 'progress' | 'nothing' | 'failed';

export function createCatchUp({ chain, network, clock, logger }: Parts): CatchUp {
  const claims = new Map<PeerId, number>();
  const coolUntilMs = new Map<PeerId, number>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  const target = (): number => Math.max(chain.head.height, ...claims.values());
  const best = (): PeerId | undefined => {
    const nowMs = clock.nowMs();
    const here = new Set((network()?.peers() ?? []).map(({ id }) => id));
    return [...claims].filter(([peer, height]) => here.has(peer) && height > chain.head.height && (coolUntilMs.get(peer) ?? 0) <= nowMs).toSorted((a, b) => b[1] - a[1])[0]?.[0];
  };
  const blame = (peer: PeerId, points: number, why: string): void => {
    if (claims.has(peer)) coolUntilMs.set(peer, clock.nowMs() + SYNC_LIMITS.cooldownMs);
    if (points < 0) network()?.score(peer, points, why);
    logger.debug('peer failed in catch-up', { peer, why });
  };

  const run = async (): Promise<void> => {
    const from = chain.head.height;
    let reportedMs = clock.nowMs();
    for (let peer = best(); peer !== undefined && !stopping.signal.aborted; peer = best()) {
      const step = await follow(peer);
      // Nothing new from a peer who claims more: its claim was wrong, or its branch loses to ours.
      if (step === 'nothing' && claims.has(peer)) claims.set(peer, chain.head.height);
      if (clock.nowMs() - reportedMs < 3_000) continue;
      reportedMs = clock.nowMs();
      logger.info('catching up', { height: chain.head.height, target: target() });
    }
    if (chain.head.height - from > 100) logger.info('caught up', { from, height: chain.head.height });
  };

  /** One turn: up to 512 headers after our branch, and their bodies. */
  async function follow(peer: PeerId): Promise<Step> {
    const headers = await fetchHeaders(peer);
    if (headers === undefined) return 'failed';
    const wanted: SealedHeader[] = [];
    let certified = 0;
    for (const header of headers) {
      const id = blockId(header.header);
      // The body is here: all that was missed is the certificate.
      if (chain.isUncertified(id)) certified += (await chain.certify(id, header.seal)).ok ? 1 : 0;
      else if (!(await chain.has(id))) wanted.push(header);
    }
    if (wanted.length === 0) return certified > 0 ? 'progress' : 'nothing';
    let ahead = fetchBodies(peer, wanted.slice(0, SYNC_LIMITS.bodiesPerRequestMax));
    for (let at = 0; at < wanted.length && !stopping.signal.aborted; ) {
      const blocks = await ahead;
      if (blocks === undefined || blocks.length === 0) {
        blame(peer, -2, 'bodies of its own headers not given');
        return 'failed';
      }
      at += blocks.length;
      // The next bodies travel while these execute.
      ahead = at < wanted.length ? fetchBodies(peer, wanted.slice(at, at + SYNC_LIMITS.bodiesPerRequestMax)) : Promise.resolve([]);
      if (!(await importAll(peer, blocks))) {
        await ahead;
        return 'failed';
      }
    }
    return 'progress';
  }

  async function importAll(peer: PeerId, blocks: readonly Block[]): Promise<boolean> {
    for (const [i, block] of blocks.entries()) {
      const next = blocks[i + 1];
      if (next !== undefined) chain.prepare(next);
      const imported = await chain.importBlock(block);
      if (imported.ok || imported.code === 'IMPORT_KNOWN' || imported.code === 'IMPORT_BELOW_FINAL') continue;
      const innocent = imported.data?.retry === true;
      blame(peer, innocent ? 0 : -20, `${imported.code} ${imported.message}`);
      return false;
    }
    return true;
  }

  async function fetchHeaders(peer: PeerId): Promise<readonly SealedHeader[] | undefined> {
    const answer = await network()?.request(peer, 'headers', listToBytes(chain.locator().slice(0, SYNC_LIMITS.locatorIdsMax)), { signal: stopping.signal });
    if (answer?.ok !== true) {
      blame(peer, 0, answer?.code ?? 'gone');
      return undefined;
    }
    const items = listFromBytes(answer.value, SYNC_LIMITS.headersPerReplyMax);
    const headers: SealedHeader[] = [];
    for (const item of items ?? []) {
      const header = sealedHeaderFromBytes(item);
      const before = headers.at(-1);
      const follows = header.ok && (before === undefined || checkContinues({ id: blockId(before.header), height: before.header.height, header: before.header }, header.value.header).ok);
      if (!follows) break;
      headers.push(header.value);
    }
    const first = headers[0];
    const joins = first === undefined || (await chain.has(first.header.parent));
    if (items === undefined || headers.length !== items.length || !joins || !sealsHold(headers)) {
      blame(peer, -20, 'headers that do not continue our chain');
      return undefined;
    }
    return headers;
  }

  /** The module's own judgement, before a single body is asked for; only where the parent's context is in memory. */
  function sealsHold(headers: readonly SealedHeader[]): boolean {
    const first = headers[0];
    const parent = first === undefined ? undefined : chain.treeView.get(first.header.parent);
    if (parent === undefined) return true;
    let { context } = parent;
    for (const { header, seal } of headers) {
      const stepped = chain.rules.step(context, { id: blockId(header), header, seal });
      // Not the peer's fault: the import gets so far, and says what is missing here.
      if (!stepped.ok) return stepped.data?.['retry'] === true || stepped.data?.['halt'] === true;
      context = stepped.value.context;
    }
    return true;
  }

  /** A prefix of what was asked for, each block the one that its header names. */
  async function fetchBodies(peer: PeerId, headers: readonly SealedHeader[]): Promise<readonly Block[] | undefined> {
    const ids = headers.map(({ header }) => blockId(header));
    const answer = await network()?.request(peer, 'bodies', listToBytes(ids), { signal: stopping.signal });
    if (answer?.ok !== true) return undefined;
    const items = listFromBytes(answer.value, headers.length);
    if (items === undefined) return undefined;
    const blocks: Block[] = [];
    for (const [i, item] of items.entries()) {
      const block = blockFromBytes(item);
      if (!block.ok || !equalBytes(blockId(block.value.header), ids[i] as Uint8Array)) return undefined;
      blocks.push(block.value);
    }
    return blocks;
  }

  /** A head that is not known here may win at any height: the module's rank decides, not how long a branch is. So may one that waits here for its certificate. */
  const reach = async ({ height, id }: PeerHead): Promise<number> => ((await chain.has(id)) && !chain.isUncertified(id) ? height : Math.max(height, chain.head.height + 1));

  const trigger = (): void => {
    if (stopping.signal.aborted) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    running = run()
      .catch((error: unknown) => logger.warn('catch-up broke off', { error: String(error) }))
      .finally(() => {
        running = undefined;
        if (!again) return;
        again = false;
        trigger();
      });
  };

  return {
    get running() { return running !== undefined; },
    get target() { return target(); },
    claim: (peer, height) => void claims.set(peer, height),
    async meet(peer, head) {
      claims.set(peer, head.height);
      trigger();
      const ahead = await reach(head);
      if (ahead <= (claims.get(peer) ?? ahead)) return;
      claims.set(peer, ahead);
      trigger();
    },
    forget(peer) {
      claims.delete(peer);
      coolUntilMs.delete(peer);
    },
    trigger,
    async probe() {
      const peers = network()?.peers() ?? [];
      await Promise.all(peers.map(async ({ id }) => {
        const answer = await network()?.request(id, 'head', new Uint8Array(), { signal: stopping.signal });
        const head = answer?.ok === true ? headFromBytes(answer.value) : undefined;
        if (head === undefined) return;
        const ahead = await reach(head);
        if (claims.has(id)) claims.set(id, ahead);
      }));
      if (best() !== undefined) trigger();
    },
    async stop() {
      stopping.abort();
      again = false;
      await running;
    },
  };
}
