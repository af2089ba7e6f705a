import { accept, refuse, toHex } from '@vsys/primitives';
import type { BlockId, PeerId, Verdict } from '@vsys/primitives';

export interface OrphanLimits {
  readonly orphansMax: number;
  readonly perPeerMax: number;
  readonly bytesMax: number;
  readonly ageMaxMs: number;
}

/** Unknown parents are free to invent, so all of it is bounded. */
export const orphanDefaults: OrphanLimits = { orphansMax: 512, perPeerMax: 16, bytesMax: 8 * 1024 * 1024, ageMaxMs: 60_000 };

export interface Orphan<T> {
  readonly id: BlockId;
  readonly parent: BlockId;
  readonly from: PeerId;
  /** Size as received. */
  readonly bytes: number;
  readonly value: T;
}

export type OrphanCode = 'ORPHAN_DUPLICATE' | 'ORPHAN_PEER_FULL' | 'ORPHAN_TOO_LARGE';

/** Blocks whose parent is not known yet. When it is full, the peer with most of them loses its oldest. */
export interface OrphanPool<T = unknown> {
  readonly size: number;
  readonly bytes: number;
  add(orphan: Orphan<T>, nowMs: number): Verdict<void, OrphanCode>;
  has(id: BlockId): boolean;
  /** Removes and returns those that wait for this block, in order of arrival. */
  take(parent: BlockId): readonly Orphan<T>[];
  /** Removes those that are too old; returns how many. */
  expire(nowMs: number): number;
}

interface Entry<T> {
  readonly orphan: Orphan<T>;
  readonly atMs: number;
}

export function createOrphanPool<T = unknown>(limits: Partial<OrphanLimits> = {}): OrphanPool<T> {
  const { orphansMax, perPeerMax, bytesMax, ageMaxMs } = { ...orphanDefaults, ...limits };
  /** In order of arrival. */
  const entries = new Map<string, Entry<T>>();
  const byParent = new Map<string, Set<string>>();
  const perPeer = new Map<PeerId, number>();
  let bytes = 0;

  const remove = (key: string, { orphan }: Entry<T>): void => {
    entries.delete(key);
    bytes -= orphan.bytes;
    const parent = toHex(orphan.parent);
    const waiting = byParent.get(parent);
    waiting?.delete(key);
    if (waiting?.size === 0) byParent.delete(parent);
    const count = (perPeer.get(orphan.from) ?? 1) - 1;
    if (count === 0) perPeer.delete(orphan.from);
    else perPeer.set(orphan.from, count);
  };

  const expire = (nowMs: number): number => {
    let removed = 0;
    for (const [key, entry] of entries) {
      if (nowMs - entry.atMs < ageMaxMs) break;
      remove(key, entry);
      removed++;
    }
    return removed;
  };

  const evict = (): void => {
    let worst: PeerId | undefined;
    for (const [peer, count] of perPeer) if (worst === undefined || count > (perPeer.get(worst) ?? 0)) worst = peer;
    for (const [key, entry] of entries) if (entry.orphan.from === worst) return remove(key, entry);
  };

  return {
    get size() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
    add: (orphan, nowMs) => {
      expire(nowMs);
      const key = toHex(orphan.id);
      if (entries.has(key)) return refuse('ORPHAN_DUPLICATE', 'the block waits already');
      if (orphan.bytes > bytesMax) return refuse('ORPHAN_TOO_LARGE', `expected at most ${bytesMax} bytes, found ${orphan.bytes}`);
      if ((perPeer.get(orphan.from) ?? 0) >= perPeerMax) return refuse('ORPHAN_PEER_FULL', `the peer has ${perPeerMax} blocks waiting`);
      while (entries.size >= orphansMax || bytes + orphan.bytes > bytesMax) evict();
      entries.set(key, { orphan, atMs: nowMs });
      bytes += orphan.bytes;
      perPeer.set(orphan.from, (perPeer.get(orphan.from) ?? 0) + 1);
      const parent = toHex(orphan.parent);
      const waiting = byParent.get(parent);
      if (waiting === undefined) byParent.set(parent, new Set([key]));
      else waiting.add(key);
      return accept(undefined);
    },
    has: (id) => entries.has(toHex(id)),
    take: (parent) => {
      const found = [...(byParent.get(toHex(parent)) ?? [])].map((key) => [key, entries.get(key) as Entry<T>] as const);
      for (const [key, entry] of found) remove(key, entry);
      return found.map(([, entry]) => entry.orphan);
    },
    expire,
  };
}
