import type { Clock, PeerId } from '@vsys/primitives';
import type { P2pLimits } from './p2p-limits.ts';

/** Scores that fade, and bans that end. Outlives connections, so reconnecting does not wash a peer clean. */
export interface Scoreboard {
  score(peer: PeerId): number;
  /** Returns true when this change bans the peer. */
  add(peer: PeerId, delta: number): boolean;
  isBanned(peer: PeerId): boolean;
}

type Limits = Pick<P2pLimits, 'banScore' | 'banMs' | 'scoreMax' | 'scoreHalfLifeMs' | 'scoredPeersMax'>;

export function createScoreboard(limits: Limits, clock: Clock): Scoreboard {
  const scores = new Map<PeerId, { points: number; atMs: number }>();
  const bans = new Map<PeerId, number>();

  const current = (peer: PeerId): number => {
    const entry = scores.get(peer);
    if (entry === undefined) return 0;
    return entry.points * 2 ** (-Math.max(0, clock.nowMs() - entry.atMs) / limits.scoreHalfLifeMs);
  };

  const isBanned = (peer: PeerId): boolean => {
    const untilMs = bans.get(peer);
    if (untilMs === undefined) return false;
    if (clock.nowMs() < untilMs) return true;
    bans.delete(peer);
    return false;
  };

  return {
    score: current,
    isBanned,
    add(peer, delta) {
      const points = Math.min(limits.scoreMax, current(peer) + delta);
      if (points >= limits.banScore) {
        remember(scores, peer, { points, atMs: clock.nowMs() }, limits.scoredPeersMax);
        return false;
      }
      // A ban is the whole punishment: afterwards the peer starts from nothing.
      scores.delete(peer);
      const fresh = !isBanned(peer);
      remember(bans, peer, clock.nowMs() + limits.banMs, limits.scoredPeersMax);
      return fresh;
    },
  };
}

function remember<V>(map: Map<PeerId, V>, peer: PeerId, value: V, sizeMax: number): void {
  map.delete(peer);
  map.set(peer, value);
  for (const oldest of map.keys()) {
    if (map.size <= sizeMax) break;
    map.delete(oldest);
  }
}
