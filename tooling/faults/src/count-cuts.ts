import type { FaultNetwork } from './fault-network.ts';

/** Counts what cuts each ordered pair, so that the end of one fault does not end another. */
export function countCuts(nodes: number, set: (from: number, to: number, cut: boolean) => Promise<void>): Pick<FaultNetwork, 'cut' | 'join' | 'disconnect' | 'connect'> {
  const counts = new Map<string, number>();
  const add = async (from: number, to: number, more: 1 | -1): Promise<void> => {
    const key = `${from}>${to}`;
    const before = counts.get(key) ?? 0;
    counts.set(key, before + more);
    if (before === 0 || before + more === 0) await set(from, to, before === 0);
  };
  const all = async (node: number, more: 1 | -1): Promise<void> => {
    for (let other = 0; other < nodes; other++) {
      if (other === node) continue;
      await add(node, other, more);
      await add(other, node, more);
    }
  };
  return {
    cut: (from, to) => add(from, to, 1),
    join: (from, to) => add(from, to, -1),
    disconnect: (node) => all(node, 1),
    connect: (node) => all(node, -1),
  };
}
